// How long after a press of play the first training step is there:
//
//   EQUISCOPE_DIST=DIST node tests/web/bench/first.mjs [state…] [--rounds 5]
//
// A state is one of the address. Without one: the lab Vectors where the CPU trains and where the device is chosen, whose
// pipelines have to be compiled, and the lab Tensors at its defaults and with a network of the size of workload W3. In
// each round every state is opened in Chromium anew; once its picture stands, Space is pressed, as a visitor may, and the
// page is asked after each of its frames whether there is a step. Of each state:
//
//   first_ms     milliseconds on the clock from the press to the end of the frame that knows of the first step
//   frames       how many frames that took
//   frame_ms     how long one of them took, from one to the next, while nothing was trained
//   device_ms    from the press until the device that was chosen trains
//
// One JSON line for each state with medians and the slowest round, and an exit code of 1 if a median is beyond the bound.
// Numbers mean something on a machine that does nothing else, and are printed with its load.
import { loadavg } from "node:os";
import { launch, pause, until } from "../browsers.mjs";
import { DIST, running } from "../fixture.mjs";
import { quantile } from "../frames.mjs";
import { serve } from "../server.mjs";

const STATES = ["vectors?train=cpu", "vectors?train=gpu", "tensors", "tensors?task=o5&width=64&layers=4&batch=500&seeds=1"];
/** The most that may pass between play and the first step, in ms. */
const BOUND = 300;

const args = process.argv.slice(2);
const at = args.indexOf("--rounds");
const rounds = Number(at < 0 ? 5 : args.splice(at, 2)[1]);
const states = args.length > 0 ? args : STATES;

/** In the page: intervals of frames at rest, then the press, and what comes of it. */
async function press(chosen) {
  const plain = window.requestAnimationFrame.bind(window);
  const canvas = document.querySelector("canvas");
  let seen = () => {};
  window.requestAnimationFrame = (callback) =>
    plain((now) => {
      callback(now);
      seen();
    });
  const move = (i) =>
    canvas.dispatchEvent(new MouseEvent("mousemove", { clientX: 480 + (i % 7), clientY: 620, bubbles: true }));
  const starts = [];
  await new Promise((done) => {
    seen = () => {
      starts.push(performance.now());
      if (starts.length > 12) return done();
      move(starts.length);
    };
    move(0);
  });
  // The frames that these have brought about.
  seen = () => {};
  await new Promise((done) => setTimeout(done, 500));
  canvas.focus();
  await new Promise((done) => setTimeout(done, 500));
  return new Promise((done) => {
    const found = { starts, frames: 0 };
    const pressed = performance.now();
    seen = () => {
      const { step, training_backend } = equiscope.metrics();
      const ms = performance.now() - pressed;
      if (!found.first_ms) found.frames += 1;
      if (step > 0) found.first_ms ??= ms;
      if (training_backend === "gpu") found.device_ms ??= ms;
      if (found.first_ms && (!chosen || found.device_ms)) done(found);
      else if (ms > 60_000) done({ error: `after a minute step ${step}, trained on ${training_backend}` });
    };
    for (const kind of ["keydown", "keyup"]) {
      canvas.dispatchEvent(new KeyboardEvent(kind, { key: " ", code: "Space", bubbles: true, cancelable: true }));
    }
  });
}

async function once(browser, url, state) {
  const page = await browser.open(`${url}#/${state}`);
  await running(page);
  const ready = async () => typeof (await page.evaluate(() => equiscope.metrics())).worst === "number";
  await until(ready, { timeout: 120_000 });
  // The handle comes to rest.
  await pause(3000);
  const seen = await page.evaluate(press, state.includes("train=gpu"));
  if (seen.error) throw new Error(`${state}: ${seen.error}`);
  await page.close();
  const intervals = seen.starts.slice(1).map((start, i) => start - seen.starts[i]);
  return { ...seen, frame_ms: quantile(intervals, 0.5) };
}

const server = await serve(DIST);
let browser;
try {
  browser = await launch("chromium-webgpu");
  const laps = Object.fromEntries(states.map((state) => [state, []]));
  for (let i = 0; i < rounds; i += 1) {
    for (const state of states) laps[state].push(await once(browser, server.url, state));
  }
  for (const [state, all] of Object.entries(laps)) {
    const of = (name) => all.map((lap) => lap[name]).filter((value) => value !== undefined);
    const median = (name) => (of(name).length > 0 ? Math.round(quantile(of(name), 0.5)) : undefined);
    const first_ms = median("first_ms");
    const within = first_ms <= BOUND;
    console.log(JSON.stringify({
      state,
      first_ms,
      slowest_ms: Math.round(Math.max(...of("first_ms"))),
      frames: median("frames"),
      frame_ms: median("frame_ms"),
      device_ms: median("device_ms"),
      rounds,
      bound_ms: BOUND,
      within,
      load: loadavg()[0],
    }));
    if (!within) process.exitCode = 1;
  }
} finally {
  await browser?.close();
  await server.close();
}
