// What training in the Worker and drawing in the page take from each other:
//
//   EQUISCOPE_DIST=DIST node tests/web/bench/worker.mjs [state…] [--frames 300] [--seconds 6] [--rounds 5]
//
// A state is one of the address in which the CPU trains; without one, a network of the size of workload W3. Two
// measurements in one page of Chromium:
//
// *Frames*, as `fluency.mjs` takes them: in blocks that alternate between training paused and training under way, each
// asking for a repaint in every frame by a movement of the pointer; the work of an animation frame in time of its own
// thread and on the clock, and the ratio of the intervals. Training yields while the pointer moves.
//
// *Rates*: steps per second while the page draws all it can, and while it stands still: then an animation frame comes
// every 80 ms only, as rarely as the Worker bears without running out of orders, and nothing is rasterised, so that the
// Worker has a core for itself. They alternate as well; the share is the ratio of the medians. Nothing moves the pointer
// here: the ratio of the intervals and the share are not had at the same moment.
//
// One JSON line for each state and a sentence with the verdict. Numbers mean something on a machine that does nothing
// else, and are printed with its load.
import { loadavg } from "node:os";
import { launch, pause, until } from "../browsers.mjs";
import { DIST, running } from "../fixture.mjs";
import { BLOCK, circle, instrument, ownTimes, quantile, round, summary, train } from "../frames.mjs";
import { serve } from "../server.mjs";

const W3 = "tensors?task=o5&width=64&layers=4&batch=500&seeds=1";
/** The most that main-thread work may take in 95 % of the frames, in ms, the most that the interval ratio may be, and the
 * least that the Worker may keep of its rate. */
const BOUNDS = { work_p95_ms: 10, interval_ratio: 1.3, share: 0.5 };
/** Over the lab's picture, where the pointer changes nothing. */
const QUIET = { x: 480, y: 620 };
/** More steps than there is time for. */
const ENDLESS = 1_000_000;

const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : args.splice(at, 2)[1];
};
const frames = Number(option("frames", "300"));
const seconds = Number(option("seconds", "6"));
const rounds = Number(option("rounds", "5"));
const states = args.length > 0 ? args : [W3];

/** In the page, before the app runs: `still` spares the graphics device and most frames. */
function brake() {
  window.still = false;
  const plain = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    window.still ? setTimeout(() => plain(callback), 80) : plain(callback);
  for (const method of ["draw", "drawIndexed"]) {
    const original = globalThis.GPURenderPassEncoder?.prototype[method];
    if (!original) continue;
    GPURenderPassEncoder.prototype[method] = function (...numbers) {
      if (!window.still) original.apply(this, numbers);
    };
  }
}

const metrics = (page) => page.evaluate(() => equiscope.metrics());

/** Steps per second over the given time, as the page sees them arrive. */
async function rate(page, still) {
  await page.evaluate((to) => { window.still = to; }, still);
  // What was on its way under other circumstances.
  await pause(1000);
  const look = () => page.evaluate(() => ({ step: equiscope.metrics().step, at: performance.now() }));
  const from = await look();
  await pause(seconds * 1000);
  const to = await look();
  await page.evaluate(() => { window.still = false; });
  return (1000 * (to.step - from.step)) / (to.at - from.at);
}

async function rates(page) {
  const seen = { drawing: [], still: [] };
  await train(page, ENDLESS);
  for (let i = 0; i < rounds; i += 1) {
    seen.drawing.push(await rate(page, false));
    seen.still.push(await rate(page, true));
  }
  await train(page, 0);
  const shares = seen.drawing.map((drawing, i) => drawing / seen.still[i]);
  const [drawing, still] = [seen.drawing, seen.still].map((values) => quantile(values, 0.5));
  return {
    steps_per_second: { drawing: round(drawing), still: round(still) },
    share: round(drawing / still),
    share_range: [Math.min(...shares), Math.max(...shares)].map(round),
  };
}

/** Blocks of frames, without and with training. */
async function alternate(page) {
  const [idle, active] = [[], []];
  const block = (from, name) =>
    page.evaluate(([points, n]) => window.block(points, 0, n), [circle(QUIET, 4, from), name]);
  for (let from = 0; from < frames; from += BLOCK) {
    idle.push(await block(from, "idle"));
    await train(page, ENDLESS);
    active.push(await block(from, "active"));
    await train(page, 0);
    await pause(300);
  }
  return { idle, active };
}

async function measure(browser, url, state) {
  const page = await browser.open(`${url}#/${state}`);
  await running(page);
  // Samples are drawn, the first sweep is over, the handle has come to rest.
  await until(async () => ["paused", "working"].includes((await metrics(page)).state), { timeout: 120_000 });
  await pause(3000);
  await page.evaluate(() => equiscope.step(3));
  const { training_thread } = await metrics(page);
  if (training_thread === "page") throw new Error(`${state} trains on the page's own thread`);
  await page.evaluate(instrument);
  await page.evaluate(brake);
  const { result, events } = await page.traced(["devtools.timeline", "blink.user_timing"], () => alternate(page));
  const [idle, active] = ["idle", "active"].map((kind) => summary(result[kind], ownTimes(events, kind)));
  const share = await rates(page);
  await page.close();
  return { state, interval_ratio: round(active.interval_median_ms / idle.interval_median_ms), idle, active, ...share };
}

const server = await serve(DIST);
let browser;
try {
  browser = await launch("chromium-webgpu");
  for (const state of states) {
    const seen = await measure(browser, server.url, state);
    const { active, interval_ratio, share } = seen;
    const within =
      active.work_p95_ms <= BOUNDS.work_p95_ms && interval_ratio <= BOUNDS.interval_ratio && share >= BOUNDS.share;
    console.log(JSON.stringify({ ...seen, within, load: loadavg()[0] }));
    console.log(
      `${state}: ${within ? "within" : "NOT WITHIN"} the bounds; 95th percentile ${active.work_p95_ms} ms on the clock ` +
        `(at most ${BOUNDS.work_p95_ms}) and ${active.own_p95_ms} ms of the thread (not judged), interval ratio ` +
        `${interval_ratio} (at most ${BOUNDS.interval_ratio}), the Worker keeps ${share} of its rate while no pointer moves (at least ${BOUNDS.share})`,
    );
    if (!within) process.exitCode = 1;
  }
} finally {
  await browser?.close();
  await server.close();
}
