// Fetches one of the two bundles, starts it on a canvas, and shows how far it has come or what went wrong.
// The types of what ends up in `window.equiscope` are in equiscope.d.ts.

/** One app on one canvas. */
export class Equiscope {
  #canvas;
  #manifest;
  #view;
  #handle = null;
  #ready = Promise.reject(new Error("not started"));
  #modules = {}; // compiled WASM by bundle, kept for a restart
  #runs = 0;
  #abort = () => {};
  #state; // where to begin again; undefined for the URL
  /** Facts for a report: what draws, the adapter's own words, the stage reached. */
  facts = { drawing: "none yet", adapter: "none", stage: "none" };

  /**
   * @param canvas an element with an id
   * @param manifest `{version, bundles: {webgpu, webgl2}}`, each bundle `{script, wasm, relaxed, bytes}`
   * @param view makes, for this app, what is told about it: `stage(name, fraction)`, `running()`, `failed(error)`
   */
  constructor(canvas, manifest, view) {
    this.#canvas = canvas;
    this.#manifest = manifest;
    this.#view = view(this);
    this.#ready.catch(() => {});
  }

  get ready() { return this.#ready; }
  get version() { return this.#manifest.version; }
  backend() {
    const backend = this.#running().backend();
    return { ...backend, drawing: backend.drawing.toLowerCase() }; // the app writes it as on its badge
  }
  labs() { return this.#running().labs(); }
  state() { return this.#running().state(); }
  async setState(state) { await this.#running().setState(state); }
  async step(n) { await this.#running().step(n); }
  metrics() { return this.#running().metrics(); }
  async check(samples) { return await this.#running().check(samples); }
  async accuracy(samples) { return await this.#running().accuracy(samples); }
  async bench(workload, steps, options) { return await this.#running().bench(workload, steps, options); }
  debug = { loseDevice: () => this.#running().loseDevice() };

  /** Ends this run, if there is one, and starts again where it was. */
  restart(drawing) {
    this.#abort(new Error("started again"));
    this.#drop();
    const ready = this.#start(drawing);
    this.#ready = ready;
    ready.catch(() => {}); // told to the view; whoever awaits `ready` hears it too
    return ready;
  }

  #running() {
    if (!this.#handle) throw new Error("Equiscope is not running: await equiscope.ready");
    return this.#handle;
  }

  #destroy() {
    try {
      this.#state = this.#handle?.state() ?? this.#state;
      this.#handle?.destroy();
    } catch {
      // After a panic a program can neither be asked nor taken down; its canvas goes, and it with it.
    }
    this.#handle = null;
  }

  #drop() {
    this.#destroy();
    if (this.#runs > 0) {
      // A canvas keeps the kind of context it once had, and a lost one stays lost.
      const fresh = this.#canvas.cloneNode(true);
      this.#canvas.replaceWith(fresh);
      this.#canvas = fresh;
    }
    this.#runs += 1;
  }

  async #start(pinned) {
    const canvas = this.#canvas;
    const failure = this.#watch(canvas);
    try {
      await Promise.race([failure, this.#boot(canvas, pinned)]);
    } catch (error) {
      if (canvas === this.#canvas) this.#fail(error);
      throw error;
    }
    this.#run();
    performance.mark("equiscope:ready");
    // From here on a failure is shown, but `ready` has been kept.
    failure.catch((error) => canvas === this.#canvas && this.#fail(error));
  }

  /** A promise that only ever rejects: when the app reports an error, or dies without a word. */
  #watch(canvas) {
    const ended = new AbortController();
    const failure = new Promise((_, reject) => {
      const fail = (error) => { ended.abort(); reject(error); };
      this.#abort = fail;
      const trapped = (error) => error instanceof WebAssembly.RuntimeError && fail(error);
      const { signal } = ended;
      canvas.addEventListener("equiscope:error", ({ detail }) => {
        this.#state = detail?.state || this.#state;
        fail(new Error(detail?.message || "The program has stopped and did not say why."));
      }, { signal });
      // The app finds itself a new device; the poster covers the canvas meanwhile.
      canvas.addEventListener("equiscope:device-lost", () => this.#stage("again"), { signal });
      canvas.addEventListener("equiscope:recovered", () => this.#run(), { signal });
      window.addEventListener("error", (e) => trapped(e.error), { signal });
      window.addEventListener("unhandledrejection", (e) => trapped(e.reason), { signal });
    });
    failure.catch(() => {});
    return failure;
  }

  async #boot(canvas, pinned) {
    this.#stage("device");
    const drawing = pinned ?? (await this.#choose());
    this.facts.drawing = drawing;
    const bundle = this.#manifest.bundles[drawing];
    const run = this.#runs;

    this.#stage("download", 0);
    const wasm = (WebAssembly.validate(RELAXED) && bundle.relaxed) || bundle.wasm;
    this.#modules[drawing] ??= compile(here(wasm), bundle.bytes, (fraction) => {
      this.#stage(fraction < 1 ? "download" : "compile", fraction);
    });
    // A new instance needs a new copy of the script, which holds it; the fragment makes it one.
    const name = here(bundle.script);
    const script = import(name + (run > 1 ? `#${run}` : ""));
    let module;
    try {
      [module] = await Promise.all([this.#modules[drawing], script]);
    } catch (error) {
      delete this.#modules[drawing];
      throw error;
    }
    const program = await script;

    this.#stage("start");
    await program.default({ module_or_path: module });
    const drawn = new Promise((done) => canvas.addEventListener("equiscope:first-frame", done, { once: true }));
    const handle = await program.start(canvas.id, { webgpu: drawing === "webgpu", state: this.#state, script: name });
    if (canvas !== this.#canvas) return handle.destroy(); // started again meanwhile
    this.#handle = handle;
    this.#stage("frame");
    await drawn;
  }

  /** WebGPU where an adapter answers; its mere presence in `navigator` says little. */
  async #choose() {
    if (new URLSearchParams(location.search).get("drawing") === "webgl2") return "webgl2";
    const asked = Promise.resolve(navigator.gpu?.requestAdapter()).catch(() => null);
    const adapter = await Promise.race([asked, wait(5000)]);
    if (!adapter) return "webgl2";
    const { vendor, architecture, device, description } = adapter.info ?? {};
    this.facts.adapter = [vendor, architecture, device, description].filter(Boolean).join(" ") || "not named";
    return "webgpu";
  }

  #stage(name, fraction) {
    this.facts.stage = name;
    this.#view.stage(name, fraction);
  }

  #run() {
    this.facts.stage = "running";
    this.#view.running();
  }

  #fail(error) {
    this.#destroy();
    this.#view.failed(error);
  }
}

/** Starts an app on a canvas; several can live on one page. */
export function mount(canvas, manifest, view) {
  const app = new Equiscope(canvas, manifest, view);
  app.restart();
  return app;
}

/** A module of one function () → () with f32x4.relaxed_madd in it: valid where a browser has relaxed SIMD. */
const RELAXED = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, // "\0asm", version 1
  1, 4, 1, 96, 0, 0, 3, 2, 1, 0, // its type, its function
  10, 20, 1, 18, 0, 65, 0, 253, 15, 65, 0, 253, 15, 65, 0, 253, 15, 253, 133, 2, 26, 11, // splat(0) three times, madd, drop
]);

const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const here = (name) => new URL(name, document.baseURI).href;

/** Compiles while the bytes arrive, whatever type the host gives them. */
async function compile(url, bytes, progress) {
  const response = await fetch(url);
  if (!response.ok) throw new TypeError(`${url}: ${response.status} ${response.statusText}`);
  let seen = 0;
  const count = new TransformStream({
    transform(chunk, stream) {
      seen += chunk.byteLength;
      progress(Math.min(seen / bytes, 1));
      stream.enqueue(chunk);
    },
  });
  const counted = new Response(response.body.pipeThrough(count), { headers: { "Content-Type": "application/wasm" } });
  return await WebAssembly.compileStreaming(counted);
}

// ---------------------------------------------------------------------------------------------------------------
// The page: poster, progress bar, and the banner of what went wrong.

const STAGES = {
  device: "Looking for a graphics device",
  download: "Downloading",
  compile: "Compiling",
  start: "Starting the graphics device",
  frame: "Drawing the first frame",
  again: "The graphics device was lost; setting up a new one",
};

/** What a visitor can do about it, in one or two sentences: [what happened, what helps]. */
function explain(error) {
  const text = String(error?.message ?? error);
  if (location.protocol === "file:") {
    return ["Equiscope cannot run from a file.", "Browsers load programs from web servers only: run “cargo xtask serve”."];
  }
  if (typeof WebAssembly !== "object" || error instanceof WebAssembly.CompileError) {
    return ["This browser cannot run the program.", "It needs WebAssembly with SIMD: Chrome 91, Firefox 89, Safari 16.4 or newer."];
  }
  if (self.origin === "null" && error instanceof TypeError) {
    return [
      "The page that embeds Equiscope lets it load nothing.",
      "Its sandbox takes the origin away, and this host serves such pages no files. Adding allow-same-origin to the sandbox helps, or opening Equiscope in a tab of its own.",
    ];
  }
  if (error instanceof TypeError) {
    return ["A part of Equiscope could not be downloaded.", `Is the connection up? ${text}`];
  }
  if (error instanceof WebAssembly.RuntimeError || /panicked at/.test(text)) {
    return ["Equiscope has stopped because of an error in the program.", "The settings are in the address of this page: starting again keeps them. The report helps to mend it."];
  }
  return [text.split("\n")[0], "The settings are in the address of this page: starting again keeps them."];
}

function report(error, facts, version) {
  return [
    `Equiscope ${version}`,
    `error: ${error?.stack?.includes(error.message) ? error.stack : error}`,
    `stage: ${facts.stage}`,
    `drawing: ${facts.drawing}`,
    `WebGPU adapter: ${facts.adapter}`,
    `URL: ${location.href}`,
    `browser: ${navigator.userAgent}`,
    `window: ${innerWidth} × ${innerHeight} at ${devicePixelRatio}`,
    `time: ${new Date().toISOString()}`,
  ].join("\n");
}

async function copy(text, element) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not allowed in a frame or without HTTPS: the older way copies a selection.
    element.closest("details").open = true;
    getSelection().selectAllChildren(element);
    document.execCommand("copy");
  }
}

/** Shows one instance in this page. */
function pageView(app) {
  const $ = (selector) => document.querySelector(selector);
  const state = (name) => { document.body.dataset.state = name; };
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  let text = "";

  $("#trouble").addEventListener("click", async (event) => {
    const action = event.target.dataset?.do;
    if (action === "again") app.restart();
    if (action === "webgl2") app.restart("webgl2");
    if (action === "copy") {
      await copy(text, $("#trouble pre"));
      event.target.textContent = "Copied";
      setTimeout(() => { event.target.textContent = "Copy report"; }, 2000);
    }
  });

  return {
    stage(name, fraction) {
      state("loading");
      $("#trouble").hidden = true;
      $("#loading").style.visibility = "";
      const { drawing } = app.facts;
      const total = MANIFEST?.bundles[drawing]?.bytes ?? 0;
      const detail = name === "download" ? ` ${megabytes(fraction * total)} of ${megabytes(total)} MB` : "";
      $("#stage").textContent = STAGES[name] + detail;
      const percent = Math.round(100 * (name === "device" ? 0 : fraction ?? 1));
      $("#bar").setAttribute("aria-valuenow", percent);
      $("#bar > i").style.width = `${percent}%`;
    },
    running() {
      state("running");
      if (self === top) $("#equiscope").focus({ preventScroll: true }); // an embed takes no keys unasked
    },
    failed(error) {
      state("failed");
      const [what, help] = explain(error);
      text = report(error, app.facts, app.version);
      $("#trouble h2").textContent = what;
      $("#trouble p").textContent = help;
      $("#trouble pre").textContent = text;
      $("#trouble [data-do=webgl2]").hidden = app.facts.drawing !== "webgpu";
      $("#trouble").hidden = false;
      $("#loading").style.visibility = "hidden";
    },
  };
}

const MANIFEST = JSON.parse(document.getElementById("manifest").textContent);
window.equiscope = mount(document.getElementById("equiscope"), MANIFEST, pageView);
