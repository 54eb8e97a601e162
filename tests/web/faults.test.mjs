// What goes wrong around the app: addresses, devices, sandboxes, networks. Each ends in a fallback or a clear sentence.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, missing, pause, until } from "./browsers.mjs";
import { DIST, distance, inBrowsers, insist, metrics, rotation, running } from "./fixture.mjs";
import { contrast } from "./picture.mjs";
import { serve } from "./server.mjs";

/** The banner's sentence, or nothing. */
const banner = (page) =>
  page.evaluate(() => {
    const trouble = document.getElementById("trouble");
    return trouble.hidden ? "" : trouble.querySelector("h2").textContent;
  });

const ADDRESSES = [
  "#garbage",
  "#/%%%?theta=%E0%A4%A",
  "#/no-such-lab?theta=1",
  "#/vectors?theta=NaN",
  "#/vectors?theta=1e999&n=-3&x=1,2;NaN,4&lr=Infinity",
  "#/vectors?group=O(99)&layers=1000000000&unknown=kept",
  `#/vectors?x=${"1,".repeat(5000)}`,
];

inBrowsers(["chromium-webgpu", "chromium-nogpu"], "bad addresses", ({ open, test }) => {
  for (const address of ADDRESSES) {
    test(`opens ${address.slice(0, 60)}`, async () => {
      const page = await open(address);
      assert.equal(await banner(page), "");
      assert.ok(contrast(await page.screenshot()) > 2, "the canvas is blank");
      assert.match(await page.evaluate(() => equiscope.state()), /^#\//);
      if (address.startsWith("#/vectors")) assert.ok((await metrics(page)).g.flat().every(Number.isFinite));
    });
  }

  test("a state that cannot be read leaves the app running", async () => {
    const page = await open("#/vectors?group=O(2)&theta=0.65");
    for (const address of ADDRESSES) await page.evaluate((to) => equiscope.setState(to), address);
    await page.evaluate((to) => equiscope.setState(to), "#/vectors?group=O(2)&theta=0.65");
    assert.ok(distance((await metrics(page)).g, rotation(0.65)) < 1e-6);
  });
});

inBrowsers(["firefox-both"], "one graphics interface only", ({ open, test }) => {
  test("draws with WebGL2 when asked to, and computes on the CPU", async () => {
    const page = await open("#/vectors", "?drawing=webgl2");
    const backend = await page.evaluate(() => equiscope.backend());
    assert.deepEqual([backend.drawing, backend.kind], ["webgl2", "cpu"]);
    assert.ok(contrast(await page.screenshot()) > 2, "the canvas is blank");
  });
});

/** A browser of its own, whose console may have errors. */
function inChromium(kind, title, define) {
  describe(`${title} (${kind})`, { skip: missing("chromium-webgpu") }, () => {
    const tools = {};
    before(async () => Object.assign(tools, { browser: await launch(kind) }));
    after(() => tools.browser?.close());
    /** Serves the page with these options while `act` runs. */
    const serving = async (options, act) => {
      const server = await serve(DIST, options);
      try {
        await act(server.url);
      } finally {
        await server.close();
      }
    };
    const renew = async () => {
      await tools.browser.close().catch(() => {});
      tools.browser = await launch(kind);
    };
    const attempt = (body) => body().then(() => undefined, (error) => error);
    const repeating = (name, body) => test(name, () => insist(kind, name, () => attempt(body), renew));
    define({ serving, open: (...args) => tools.browser.open(...args), test: repeating });
  });
}

inChromium("chromium-webgpu", "a lost device", ({ serving, open, test }) => {
  const address = "#/vectors?group=O(2)&theta=0.65";

  test("is replaced, and the state survives", () =>
    serving({}, async (url) => {
      const page = await open(url + address);
      await running(page);
      const state = await page.evaluate(() => equiscope.state());
      await page.evaluate(() => {
        document.getElementById("equiscope").addEventListener("equiscope:recovered", () => (window.recovered = true));
        equiscope.debug.loseDevice();
      });
      await until(() => page.evaluate(() => window.recovered));
      await running(page);
      assert.equal(await page.evaluate(() => equiscope.state()), state);
      assert.ok(distance((await metrics(page)).g, rotation(0.65)) < 1e-6);
      assert.ok(contrast(await page.screenshot()) > 2, "the canvas is blank");
    }));

  test("lost again and again ends in a banner from which one can start again", () =>
    serving({}, async (url) => {
      const page = await open(url + address);
      await running(page);
      const lose = () => page.evaluate(() => equiscope.debug.loseDevice());
      await until(async () => (await banner(page)) || (await lose().catch(() => {}), undefined), { every: 1000, timeout: 30_000 });
      assert.match(await banner(page), /device/i);
      await page.click("#trouble [data-do=again]");
      await running(page);
      assert.ok(distance((await metrics(page)).g, rotation(0.65)) < 1e-6);
    }));
});

inChromium("chromium-webgpu", "an error in the program", ({ serving, open, test }) => {
  test("shows a banner with a report, and a new start keeps the settings", () =>
    serving({}, async (url) => {
      const page = await open(`${url}#/vectors?group=O(2)&theta=0.65`);
      await running(page);
      await page.evaluate(() => {
        const detail = { message: "panicked at src/nowhere.rs:1:1: planned" };
        document.getElementById("equiscope").dispatchEvent(new CustomEvent("equiscope:error", { detail }));
      });
      await until(() => banner(page));
      assert.match(await banner(page), /error in the program/);
      const report = await page.evaluate(() => document.querySelector("#trouble pre").textContent);
      for (const part of ["panicked at", "swiftshader", "HeadlessChrome", "theta=0.65", "stage: running", "drawing: webgpu"]) {
        assert.ok(report.includes(part), `the report lacks ‘${part}’:\n${report}`);
      }
      await page.click("#trouble [data-do=copy]");
      await until(() => page.evaluate(() => document.querySelector("[data-do=copy]").textContent === "Copied"));
      await assert.rejects(page.evaluate(() => equiscope.metrics()), /not running/);

      await page.click("#trouble [data-do=again]");
      await running(page);
      assert.equal(await banner(page), "");
      assert.ok(distance((await metrics(page)).g, rotation(0.65)) < 1e-6);
      assert.ok(contrast(await page.screenshot()) > 2, "the canvas is blank");
    }));

  test("a trap without any message is noticed too", () =>
    serving({}, async (url) => {
      const page = await open(url);
      await running(page);
      await page.evaluate(() => setTimeout(() => { throw new WebAssembly.RuntimeError("unreachable"); }));
      await until(() => banner(page));
    }));
});

inChromium("chromium-nothing", "no graphics at all", ({ serving, open, test }) => {
  test("is said in a sentence, over the static picture", () =>
    serving({}, async (url) => {
      const page = await open(url);
      await until(() => banner(page));
      const report = await page.evaluate(() => document.querySelector("#trouble pre").textContent);
      assert.match(report, /drawing: webgl2/);
      assert.ok(contrast(await page.screenshot()) > 2, "the static picture is gone");
    }));
});

const FRAME = { "/frame.html": '<!doctype html><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="/#/vectors?group=O(2)&theta=0.65" width="900" height="600"></iframe>' };

inChromium("chromium-webgpu", "a sandbox that denies storage", ({ serving, open, test }) => {
  test("the app runs in it, where the host lets files be loaded", () =>
    serving({ pages: FRAME, cors: true }, async (url) => {
      const page = await open(`${url}frame.html`);
      const frame = await until(() => page.frame());
      assert.equal(await frame.evaluate(() => self.origin), "null");
      await assert.rejects(frame.evaluate(() => localStorage.length));
      await running(frame);
      assert.ok(distance((await metrics(frame)).g, rotation(0.65)) < 1e-6);
      await frame.evaluate(() => equiscope.setState("#/vectors?group=O(2)&theta=1"));
      assert.ok(distance((await metrics(frame)).g, rotation(1)) < 1e-6);
      assert.equal(await banner(frame), "");
      assert.deepEqual(await page.errors(), []);
    }));

  test("elsewhere it says what to change", () =>
    serving({ pages: FRAME }, async (url) => {
      const page = await open(`${url}frame.html`);
      const frame = await until(() => page.frame());
      await until(() => banner(frame));
      assert.match(await frame.evaluate(() => document.querySelector("#trouble p").textContent), /allow-same-origin/);
    }));
});

inChromium("chromium-webgpu", "a slow or broken network", ({ serving, open, test }) => {
  test("the page is useful, and true about its progress, before the program is there", () => {
    const slow = async (path, response) => {
      if (!path.endsWith(".wasm")) return false;
      const { readFile } = await import("node:fs/promises");
      const bytes = await readFile(DIST + path);
      response.writeHead(200, { "Content-Type": "application/wasm", "Content-Length": bytes.length });
      const parts = 8;
      for (let i = 0; i < parts; i += 1) {
        response.write(bytes.subarray((i * bytes.length) / parts, ((i + 1) * bytes.length) / parts));
        await pause(300);
      }
      response.end();
      return true;
    };
    return serving({ intercept: slow }, async (url) => {
      const page = await open(url, { wait: "commit" });
      const seen = [];
      const look = () =>
        page.evaluate(() => [Number(document.getElementById("bar").ariaValueNow ?? document.getElementById("bar").getAttribute("aria-valuenow")), document.getElementById("stage").textContent]);
      await until(async () => {
        const now = await look();
        if (String(now) !== String(seen.at(-1))) seen.push(now);
        return page.evaluate(() => document.body.dataset.state === "running");
      }, { every: 50 });
      const percents = seen.map(([percent]) => percent);
      assert.deepEqual(percents, [...percents].sort((a, b) => a - b), "progress went back");
      assert.ok(percents.filter((percent) => percent > 0 && percent < 100).length >= 4, `percentages ${percents}`);
      const texts = seen.map(([, text]) => text).join("\n");
      assert.match(texts, /Downloading \d+\.\d of \d+\.\d MB/);
      for (const stage of ["Starting the graphics device", "Drawing the first frame"]) assert.ok(texts.includes(stage), texts);
    });
  });

  test("a file that is missing is named, and a second try succeeds", () => {
    let broken = true;
    const intercept = (path, response) => {
      if (!broken || !path.endsWith(".wasm")) return false;
      response.writeHead(503).end();
      return true;
    };
    return serving({ intercept }, async (url) => {
      const page = await open(url);
      await until(() => banner(page));
      assert.match(await page.evaluate(() => document.querySelector("#trouble p").textContent), /\.wasm: 503/);
      broken = false;
      await page.click("#trouble [data-do=again]");
      await running(page);
    });
  });

  test("without scripts the page says what it needs", () =>
    serving({}, async (url) => {
      const page = await open(url, { javaScript: false });
      assert.ok(contrast(await page.screenshot()) > 2, "the static picture is missing");
      assert.match(await page.text(), /needs JavaScript/);
    }));
});
