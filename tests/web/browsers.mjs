// Five ways to open the page, behind one small interface:
//   browser = await launch(kind); page = await browser.open(url); page.evaluate, screenshot, drag, errors; close both
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";

export const KINDS = ["chromium-webgpu", "chromium-nogpu", "firefox-webgpu", "firefox-nogpu", "webkit"];
/** Which of them have an adapter for WebGPU. */
export const hasWebGpu = (kind) => kind.endsWith("-webgpu");

/** Milliseconds in which a page must have answered a question. */
const PATIENCE = 150_000;
const SIZE = { width: 1280, height: 800 };
const QUIET = ["--no-sandbox", "--no-first-run", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const SWIFTSHADER = [
  "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader",
  // Without these compute works, but the canvas is blank in screenshots.
  "--enable-features=Vulkan", "--use-vulkan=swiftshader", "--use-angle=vulkan", "--ignore-gpu-blocklist", "--enable-gpu",
];
/** WebGL2 in software, and no adapter for WebGPU. */
const SOFTWARE_WEBGL = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"];
const FIREFOX_WEBGPU = { "dom.webgpu.enabled": true, "gfx.webgpu.ignore-blocklist": true };
const MINIBROWSER = ["/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser", "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser"];

/** What the browsers say on their own account; nothing that the page does. */
const BROWSERS_OWN = [
  // SwiftShader is slow at reading back, and Chromium says so for every screenshot of a WebGL canvas.
  /GL Driver Message .*GPU stall due to ReadPixels/,
  // Firefox announces that its WebGL runs on a software driver.
  /WebGL warning: .*(software|llvmpipe)/i,
];
export const isBrowsersOwn = (text) => BROWSERS_OWN.some((pattern) => pattern.test(text));

const onPath = (...names) => {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
};
const PROGRAMS = {
  chromium: onPath("chromium", "chromium-browser", "google-chrome"),
  firefox: onPath("firefox-esr", "firefox"),
  webkit: onPath("WebKitWebDriver"),
  screen: onPath("Xvfb"),
};

/** What this machine lacks for a kind; undefined when nothing. Where browsers are required, lacking is an error. */
export function missing(kind) {
  const [engine] = kind.split("-");
  const needed = [engine, ...(["firefox-nogpu", "firefox-both", "webkit"].includes(kind) ? ["screen"] : [])];
  const lacking = needed.filter((name) => !PROGRAMS[name]);
  if (lacking.length === 0) return undefined;
  const text = `not installed: ${lacking.join(", ")}`;
  if (process.env.EQUISCOPE_REQUIRE_BROWSERS) throw new Error(`${kind}: ${text}`);
  return text;
}

/**
 * One of `KINDS`; or `chromium-nothing`, which can neither compute nor draw on a graphics device, or
 * `firefox-both`, which has WebGPU and WebGL2.
 */
export async function launch(kind, size = SIZE) {
  if (kind === "chromium-nothing") return launchChromium(["--disable-3d-apis"], size);
  if (kind.startsWith("chromium")) return launchChromium(hasWebGpu(kind) ? SWIFTSHADER : SOFTWARE_WEBGL, size);
  if (kind === "firefox-both") return launchFirefox(true, true, size);
  if (kind.startsWith("firefox")) return launchFirefox(hasWebGpu(kind), !hasWebGpu(kind), size);
  return launchWebKit(size);
}

// ---------------------------------------------------------------------------------------------------- Chromium

async function launchChromium(flags, size) {
  const browser = await chromium.launch({
    executablePath: PROGRAMS.chromium,
    headless: true,
    args: [...QUIET, ...flags],
  });
  // Playwright waits for ever for what a page evaluates, and for a tab.
  const answered = (what, run) => within(PATIENCE, `${what} in Chromium`, run);
  const evaluating = (frame) => ({ evaluate: (f, arg) => answered(String(f), () => frame.evaluate(f, arg)) });
  return {
    close: () => answered("closing the browser", () => browser.close()),
    /** `wait` and `javaScript` as Playwright has them; tabs of one browser share nothing. */
    async open(url, { wait = "load", javaScript = true } = {}) {
      const options = { viewport: size, javaScriptEnabled: javaScript };
      const context = await answered("a context", () => browser.newContext(options));
      const page = await answered("a tab", () => context.newPage());
      const errors = listen(page);
      await page.goto(url, { waitUntil: wait });
      return {
        ...evaluating(page),
        errors: async () => errors,
        frame: () => page.frames()[1] && evaluating(page.frames()[1]),
        text: () => page.innerText("body"),
        click: (selector) => page.click(selector),
        /** The file that a click at a point makes the page save: its name and its bytes. */
        async download({ x, y }) {
          const [file] = await Promise.all([page.waitForEvent("download"), page.mouse.click(x, y)]);
          return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
        },
        reload: () => page.reload(),
        screenshot: () => page.screenshot(),
        drag: (from, to) => dragWith(page.mouse, from, to),
        /** Presses the button at a point and holds it. */
        async press({ x, y }) {
          await page.mouse.move(x, y);
          await page.mouse.down();
        },
        release: () => page.mouse.up(),
        /** What `act` gives, and the browser's trace of it. */
        async traced(categories, act) {
          await browser.startTracing(page, { categories });
          const result = await act();
          return { result, events: JSON.parse(await browser.stopTracing()).traceEvents };
        },
        close: () => answered("closing a tab", () => context.close()),
      };
    },
  };
}

/** Collects the errors of a page of Playwright or Puppeteer. */
function listen(page) {
  const errors = [];
  const add = (text) => isBrowsersOwn(text) || errors.push(text);
  page.on("console", (message) => message.type() === "error" && add(message.text()));
  page.on("pageerror", (error) => add(String(error)));
  return errors;
}

async function dragWith(mouse, from, to, steps = 8) {
  await mouse.move(from.x, from.y);
  await pause(100);
  await mouse.down();
  for (let i = 1; i <= steps; i += 1) {
    await mouse.move(from.x + ((to.x - from.x) * i) / steps, from.y + ((to.y - from.y) * i) / steps);
    await pause(30);
  }
  await mouse.up();
}

// ----------------------------------------------------------------------------------------------------- Firefox

async function launchFirefox(webgpu, webgl, size) {
  // Headless Firefox has no WebGL2: that is tested on a screen without a monitor.
  const screen = webgl ? await startScreen() : undefined;
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: PROGRAMS.firefox,
    headless: !webgl,
    args: [`--width=${size.width}`, `--height=${size.height + 100}`],
    env: { ...process.env, ...screen?.env },
    extraPrefsFirefox: webgpu ? FIREFOX_WEBGPU : { "dom.webgpu.enabled": false },
  });
  return {
    close: async () => {
      await browser.close();
      screen?.stop();
    },
    async open(url) {
      const page = await browser.newPage();
      const errors = listen(page);
      await page.setViewport(size);
      await page.goto(url);
      await page.bringToFront();
      return {
        errors: async () => errors,
        evaluate: (f, arg) => page.evaluate(f, arg),
        reload: () => page.reload(),
        screenshot: async () => Buffer.from(await page.screenshot()),
        drag: (from, to) => dragWith(page.mouse, from, to),
        close: () => page.close(),
      };
    },
  };
}

// ------------------------------------------------------------------------------------------------------ WebKit

/** WebKitGTK through its own driver, in the W3C's protocol. It has WebGL2 and no WebGPU, as older Safaris do. */
async function launchWebKit(size) {
  const screen = await startScreen();
  const home = mkdtempSync(join(tmpdir(), "equiscope-webkit-"));
  const port = await freePort();
  const driver = start(PROGRAMS.webkit, [`--port=${port}`], {
    env: { ...process.env, ...screen.env, HOME: home, XDG_CACHE_HOME: home, XDG_DATA_HOME: home },
  });
  const call = webDriver(`http://127.0.0.1:${port}`);
  await until(() => call("GET", "/status").then((status) => status.ready));
  const options = { binary: MINIBROWSER.find(existsSync), args: ["--automation"] };
  const { sessionId } = await call("POST", "/session", {
    capabilities: { alwaysMatch: { browserName: "MiniBrowser", "webkitgtk:browserOptions": options } },
  });
  const session = (method, path, body) => call(method, `/session/${sessionId}${path}`, body);
  await session("POST", "/timeouts", { script: PATIENCE, pageLoad: PATIENCE });
  return {
    async close() {
      // A page that hangs does not let its session end.
      const ended = await Promise.race([session("DELETE", "").catch(() => {}), pause(5000).then(() => "late")]);
      driver.stop(ended === "late" ? "SIGKILL" : "SIGTERM");
      screen.stop();
      rmSync(home, { recursive: true, force: true });
    },
    async open(url) {
      const { handle } = await session("POST", "/window/new", { type: "window" });
      const go = () => session("POST", "/window", { handle });
      const evaluate = async (f, arg = null) => {
        await go();
        const script = `const done = arguments[1];
          Promise.resolve((${f})(arguments[0])).then((value) => done({ value }), (e) => done({ error: String(e) }));`;
        const { value, error } = await session("POST", "/execute/async", { script, args: [arg] });
        if (error) throw new Error(error);
        return value;
      };
      await go();
      await session("POST", "/window/rect", { x: 0, y: 0, width: size.width, height: size.height });
      await session("POST", "/url", { url: recorded(url) });
      return {
        evaluate,
        errors: async () => (await evaluate(() => window.recorded ?? [])).filter((text) => !isBrowsersOwn(text)),
        reload: async () => {
          await go();
          await session("POST", "/refresh", {});
        },
        async screenshot() {
          await go();
          return Buffer.from(await session("GET", "/screenshot"), "base64");
        },
        async drag(from, to) {
          await go();
          await session("POST", "/actions", { actions: [pointer(from, to)] });
        },
        async close() {
          await go();
          await session("DELETE", "/window");
          const [first] = await session("GET", "/window/handles");
          await session("POST", "/window", { handle: first });
        },
      };
    },
  };
}

/** The address with `record` in its query: WebDriver tells nothing of the console. */
function recorded(url) {
  const with_ = new URL(url);
  with_.searchParams.set("record", "1");
  return with_.href;
}

function pointer(from, to, steps = 8) {
  const move = (t, duration) => ({
    type: "pointerMove",
    duration,
    x: Math.round(from.x + (to.x - from.x) * t),
    y: Math.round(from.y + (to.y - from.y) * t),
  });
  const moves = Array.from({ length: steps }, (_, i) => move((i + 1) / steps, 40));
  const actions = [move(0, 0), { type: "pause", duration: 100 }, { type: "pointerDown", button: 0 }, ...moves, { type: "pause", duration: 200 }, { type: "pointerUp", button: 0 }];
  return { type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions };
}

const webDriver = (base) => async (method, path, body) => {
  const response = await fetch(base + path, { method, body: body && JSON.stringify(body) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${value.error} ${value.message}`);
  return value;
};

// --------------------------------------------------------------------------------------------------- processes

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Waits until `probe` gives something true. */
export async function until(probe, { timeout = 20_000, every = 100 } = {}) {
  const end = Date.now() + timeout;
  for (;;) {
    const value = await Promise.resolve().then(probe).catch((error) => {
      if (error instanceof Silence) throw error;
    });
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited ${timeout} ms in vain for ${probe}`);
    await pause(every);
  }
}

/** Something that was waited for and has not come. */
export class Silence extends Error {}

/** What `run` gives, or a `Silence` that names it after so many milliseconds. */
export async function within(ms, what, run) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Silence(`not done after ${ms / 1000} s: ${what}`)), ms);
  });
  try {
    return await Promise.race([Promise.resolve().then(run), late]);
  } finally {
    clearTimeout(timer);
  }
}

const children = new Set();
process.on("exit", () => children.forEach((child) => end(child, "SIGKILL")));
// They are no part of this process's group: what ends it from the keyboard does not reach them.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/** Ends a program and what it has started: its group of processes. */
function end(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended.
  }
}

function start(program, args, options) {
  const child = spawn(program, args, { stdio: "ignore", detached: true, ...options });
  children.add(child);
  child.on("exit", () => children.delete(child));
  return { child, stop: (signal = "SIGTERM") => end(child, signal) };
}

/** An X server that draws into memory, on a free display. */
async function startScreen() {
  const args = ["-displayfd", "3", "-screen", "0", "1600x1100x24", "-nolisten", "tcp"];
  const { child, stop } = start(PROGRAMS.screen, args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const number = await within(PATIENCE, "starting Xvfb", () => new Promise((found, failed) => {
    child.stdio[3].once("data", (data) => found(String(data).trim()));
    child.once("exit", () => failed(new Error("Xvfb ended at once")));
  }));
  // WebKit and Firefox would otherwise prefer a Wayland session of the person at the machine.
  const env = { DISPLAY: `:${number}`, WAYLAND_DISPLAY: undefined, GDK_BACKEND: "x11", LIBGL_ALWAYS_SOFTWARE: "1" };
  return { env, stop };
}

async function freePort() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}
