// How fluent a lab is while its handle is dragged: `node fluency.mjs [lab…] [--kind chromium-webgpu] [--frames 300]`,
// after `cargo xtask dist`. A measurement, not a test: it prints one JSON line for each lab.
//
// A repaint is asked for in every frame by a movement of the pointer, in blocks that alternate between *idle* (the
// pointer moves over nothing) and *active* (it drags the handle). Main-thread work is what one animation-frame
// callback takes; the interval ratio is the median time between frames, active ÷ idle.
import { launch } from "./browsers.mjs";
import { DIST, place, running } from "./fixture.mjs";
import { serve } from "./server.mjs";

/** Which control is dragged, by lab. */
const HANDLES = { vectors: "knob", decompositions: "dot" };
const BLOCK = 50;

const args = process.argv.slice(2);
const option = (name, otherwise) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? otherwise : args.splice(at, 2)[1];
};
const kind = option("kind", "chromium-webgpu");
if (!kind.startsWith("chromium")) throw new Error(`${kind}: only Chromium's mouse can be held down from here`);
const frames = Number(option("frames", "300"));
const labs = args.length > 0 ? args : Object.keys(HANDLES);

/** In the page: `block(points)` moves the pointer along the points, one a frame, and gives the time of each callback. */
function instrument() {
  const plain = window.requestAnimationFrame.bind(window);
  let current;
  window.requestAnimationFrame = (callback) =>
    plain((now) => {
      const start = performance.now();
      callback(now);
      if (current) current(start, performance.now());
    });
  const canvas = document.querySelector("canvas");
  const move = ({ x, y }, buttons) =>
    canvas.dispatchEvent(
      new MouseEvent("mousemove", { clientX: x, clientY: y, buttons, bubbles: true, cancelable: true }),
    );
  window.block = (points, buttons) =>
    new Promise((done) => {
      const seen = [];
      let next = 0;
      current = (start, end) => {
        seen.push({ start, work: end - start });
        if (next < points.length) return move(points[next++], buttons);
        current = undefined;
        done(seen);
      };
      move(points[next++], buttons);
    });
}

/** The page's numbers once the handle has come to rest: on a first visit it sways. */
async function settled(page) {
  await page.evaluate(() => new Promise((done) => setTimeout(done, 3000)));
  return page.evaluate(() => equiscope.metrics());
}

const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, q) => sorted(values)[Math.min(values.length - 1, Math.floor(q * values.length))];
const round = (value) => Math.round(value * 100) / 100;

function summary(blocks) {
  // The first frame of a block still belongs to the other kind.
  const rest = blocks.map((block) => block.slice(1));
  const work = rest.flatMap((block) => block.map((frame) => frame.work));
  const intervals = rest.flatMap((block) => block.slice(1).map((frame, i) => frame.start - block[i].start));
  const [median, p95] = [quantile(intervals, 0.5), quantile(intervals, 0.95)];
  return {
    frames: work.length,
    work_median_ms: round(quantile(work, 0.5)),
    work_p95_ms: round(quantile(work, 0.95)),
    interval_median_ms: round(median),
    interval_p95_ms: round(p95),
  };
}

async function measure(browser, url, lab) {
  const page = await browser.open(`${url}#/${lab}`);
  await running(page);
  const known = await page.evaluate(() => equiscope.labs().map(({ slug }) => slug));
  if (!known.includes(lab)) {
    console.warn(`SKIPPED: there is no lab ‘${lab}’; there is: ${known.join(", ")}`);
    return page.close();
  }
  if (!HANDLES[lab]) {
    console.warn(`SKIPPED: nobody has said which control of ‘${lab}’ to drag`);
    return page.close();
  }
  const knob = place(await settled(page), HANDLES[lab]);
  await page.evaluate(instrument);
  const circle = (middle, radius, from) =>
    Array.from({ length: BLOCK }, (_, i) => ({
      x: middle.x + radius * Math.cos((from + i) / 8),
      y: middle.y + radius * Math.sin((from + i) / 8),
    }));
  const [idle, active] = [[], []];
  for (let from = 0; from < frames; from += BLOCK) {
    idle.push(await page.evaluate(([points]) => window.block(points, 0), [circle({ x: 480, y: 620 }, 4, from)]));
    await page.press(knob);
    active.push(await page.evaluate(([points]) => window.block(points, 1), [circle(knob, 30, from)]));
    await page.release();
  }
  const [rest, drag] = [summary(idle), summary(active)];
  const ratio = round(drag.interval_median_ms / rest.interval_median_ms);
  console.log(JSON.stringify({ lab, kind, interval_ratio: ratio, idle: rest, active: drag }));
  await page.close();
}

const server = await serve(DIST);
let browser;
try {
  browser = await launch(kind);
  for (const lab of labs) await measure(browser, server.url, lab);
} finally {
  await browser?.close();
  await server.close();
}
