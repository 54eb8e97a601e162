// What it takes the page's own thread to hand training steps to the graphics device:
//
//   node tests/web/bench/encode.mjs DIST [W1a W2 …] [--rounds 15]
//
//   DIST   a folder made by `cargo xtask dist --every-kernel`
//
// Steps of a workload are encoded and submitted in Chromium by the engine itself, a few in one submission and then many.
// What counts is the time of the thread, from the trace, between the making of the command encoder and the return of
// `submit`: nothing that the device does or that other programs take from the processor. Of two lengths follow
//
//   us_per_dispatch     what one dispatch more costs: pipeline, bind group, dispatch; bound 0.3 µs
//   us_per_submission   what a submission costs besides: encoder, pass, and `submit`
//
// Of the long submissions the device sees nothing: they are encoded and finished, and not submitted, since it would
// compute for minutes. That changes nothing for the thread: what `submit` takes does not go by the length.
//
// One JSON line for each workload, and an exit code of 1 if a bound does not hold.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { launch, until } from "../browsers.mjs";
import { quantile } from "../frames.mjs";
import { serve } from "../server.mjs";

const ALL = ["W1a", "W1b", "W2", "W3", "W4", "W5", "W6"];
/** The most that a dispatch may take of the page's thread, in µs. */
const BOUND = 0.3;
/** Dispatches of a long submission. */
const LONG = 4000;
/** Rounds for the browser to compile what is called often, not counted. */
const WARM_UP = 10;

function options(words) {
  const read = { workloads: [], rounds: 15 };
  while (words.length > 0) {
    const word = words.shift();
    if (word === "--rounds") read.rounds = Number(words.shift());
    else if (ALL.includes(word)) read.workloads.push(word);
    else read.dist = resolve(word);
  }
  if (!read.dist) throw new Error("say a folder made by cargo xtask dist --every-kernel");
  if (read.workloads.length === 0) read.workloads = ALL;
  return read;
}

/** In the page: marks where submissions with a compute pass begin and end, and keeps them from the device if asked. */
function instrument() {
  const { createCommandEncoder } = GPUDevice.prototype;
  const { beginComputePass } = GPUCommandEncoder.prototype;
  const { submit } = GPUQueue.prototype;
  let computes = false;
  window.withheld = false;
  GPUDevice.prototype.createCommandEncoder = function (...args) {
    computes = false;
    performance.mark("begin");
    return createCommandEncoder.apply(this, args);
  };
  GPUCommandEncoder.prototype.beginComputePass = function (...args) {
    computes = true;
    return beginComputePass.apply(this, args);
  };
  GPUQueue.prototype.submit = function (...args) {
    if (!computes || !window.withheld) submit.apply(this, args);
    performance.mark(computes ? "end" : "other");
    // What two marks take themselves.
    performance.mark("empty");
    performance.mark("empty");
  };
}

/** Laps of so many steps. */
const laps = (page, w, steps, rounds, withheld) =>
  page.evaluate(async ([w, steps, rounds, withheld]) => {
    window.withheld = withheld;
    for (let i = 0; i < rounds; i += 1) await B.run(w, steps);
    window.withheld = false;
  }, [w, steps, rounds, withheld]);

/** Microseconds of the thread for the submissions in a trace, less what the marks take. */
function spent(events) {
  const marks = events.filter(({ cat, tts }) => cat.includes("user_timing") && tts !== undefined);
  marks.sort((a, b) => a.ts - b.ts);
  const between = (from, to) =>
    marks.slice(1).flatMap((mark, i) => (marks[i].name === from && mark.name === to ? [mark.tts - marks[i].tts] : []));
  const empty = quantile(between("empty", "empty"), 0.5);
  return between("begin", "end").map((us) => us - empty);
}

async function timed(page, w, steps, rounds, withheld) {
  // The engine doubles what it submits at once until that fills its slice.
  await laps(page, w, steps, WARM_UP, withheld);
  const { events } = await page.traced(["blink.user_timing"], () => laps(page, w, steps, rounds, withheld));
  const times = spent(events);
  if (times.length !== rounds) throw new Error(`${w}: ${times.length} submissions in ${rounds} laps of ${steps} steps`);
  return quantile(times, 0.5);
}

async function measure(page, w, rounds) {
  const { dispatchWorkgroups: each } = await page.evaluate((id) => B.count(id), w);
  const many = Math.ceil(LONG / each);
  const long = await timed(page, w, many, rounds, true);
  const short = await timed(page, w, 1, rounds, true);
  const real = await timed(page, w, 1, Math.min(rounds, 7), false);
  const us_per_dispatch = (long - short) / ((many - 1) * each);
  return { workload: w, dispatches_per_step: each, us_per_dispatch, us_per_submission: real - us_per_dispatch * each };
}

const chosen = options(process.argv.slice(2));
const own = await readFile(new URL("equiscope.html", import.meta.url), "utf8");
const server = await serve(chosen.dist, { pages: { "/bench.html": own } });
const browser = await launch("chromium-webgpu");
try {
  const page = await browser.open(`${server.url}bench.html?at=./&backend=gpu`);
  await until(() => page.evaluate(() => Boolean(window.B)));
  await page.evaluate(() => B.init().then(() => undefined));
  await page.evaluate(instrument);
  for (const w of chosen.workloads) {
    const seen = await measure(page, w, chosen.rounds);
    const within = seen.us_per_dispatch <= BOUND;
    console.log(JSON.stringify({ ...seen, bound: BOUND, within }));
    if (!within) process.exitCode = 1;
  }
} finally {
  await browser.close();
  await server.close();
}
