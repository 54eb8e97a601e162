// Whole training steps of the workloads in a browser, on its graphics device against the CPU in the same page.
//
//   node tests/web/bench/parity.mjs DIST [--browser KIND]… [--steps N] [W1a W2 …]
//
//   DIST            a folder made by `cargo xtask dist --every-kernel`
//   --browser KIND  chromium-webgpu or firefox-webgpu (default: both that are installed)
//   --steps N       how many steps in all (default 20)
//
// A line per browser and workload: losses after the first and the last step on both, and how far losses and parameters
// are apart, relative to the CPU's, parameters by norm. Fails when one is beyond its bound, or nothing was compared.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { hasWebGpu, launch, missing, pause, until } from "../browsers.mjs";
import { serve } from "../server.mjs";

const ALL = ["W1a", "W1b", "W2", "W3", "W4", "W5", "W6"];
const BROWSERS = ["chromium-webgpu", "firefox-webgpu"];
/** The most that losses may be apart after the first and after the last step, and parameters after any. */
const BOUNDS = { loss: [1e-5, 1e-4], params: 1e-3 };
/** Milliseconds that a workload may take on a software adapter. */
const PATIENCE = 900_000;

function options(words) {
  const read = { browsers: [], steps: 20, workloads: [], dist: undefined };
  while (words.length > 0) {
    const word = words.shift();
    if (word === "--browser") read.browsers.push(words.shift());
    else if (word === "--steps") read.steps = Number(words.shift());
    else if (ALL.includes(word)) read.workloads.push(word);
    else read.dist = resolve(word);
  }
  if (!existsSync(`${read.dist}/index.html`)) throw new Error("say a folder made by cargo xtask dist --every-kernel");
  const other = read.browsers.find((kind) => !hasWebGpu(kind));
  if (other) throw new Error(`${other} has no graphics device that computes`);
  if (read.workloads.length === 0) read.workloads = ALL;
  return read;
}

/** What is beyond its bound, as sentences. */
function wrong({ states }) {
  return states.flatMap(({ step, loss, params }, i) => [
    // Whatever is not a number is beyond every bound.
    ...(loss <= BOUNDS.loss[i] ? [] : [`losses of step ${step} are ${loss} apart, ${BOUNDS.loss[i]} allowed`]),
    ...(params <= BOUNDS.params ? [] : [`parameters after step ${step} are ${params} apart, ${BOUNDS.params} allowed`]),
  ]);
}

async function compare(page, workload, steps) {
  await page.evaluate(([w, n]) => {
    window.compared = undefined;
    B.parity(w, n).then((value) => { window.compared = { value }; }, (error) => { window.compared = { error: String(error) }; });
  }, [workload, steps]);
  // A browser that is gone ends this, as `until` would not.
  for (const end = Date.now() + PATIENCE; Date.now() < end; await pause(250)) {
    const { value, error } = (await page.evaluate(() => window.compared)) ?? {};
    if (error) throw new Error(`${workload}: ${error}`);
    if (value) return value;
  }
  throw new Error(`${workload}: not done in ${PATIENCE / 1000} s`);
}

const chosen = options(process.argv.slice(2));
const kinds = (chosen.browsers.length > 0 ? chosen.browsers : BROWSERS).filter((kind) => {
  const lacking = missing(kind);
  if (lacking) console.warn(`SKIPPED: ${kind}, ${lacking}`);
  return !lacking;
});
if (kinds.length === 0) process.exitCode = 1;
const own = await readFile(new URL("equiscope.html", import.meta.url), "utf8");
const server = await serve(chosen.dist, { pages: { "/bench.html": own } });
try {
  for (const kind of kinds) {
    const browser = await launch(kind);
    try {
      const page = await browser.open(`${server.url}bench.html?at=./`);
      await until(() => page.evaluate(() => Boolean(window.B)));
      await page.evaluate(() => B.init().then(() => undefined));
      for (const workload of chosen.workloads) {
        const result = await compare(page, workload, chosen.steps);
        const said = wrong(result);
        console.log(JSON.stringify({ browser: kind, ...result, within: said.length === 0 }));
        for (const sentence of said) console.error(`${kind}, ${workload}: ${sentence}`);
        if (said.length > 0 || result.states.length !== 2) process.exitCode = 1;
      }
      for (const error of await page.errors()) {
        console.error(`${kind}: ${error}`);
        process.exitCode = 1;
      }
    } finally {
      await browser.close();
    }
  }
} finally {
  await server.close();
}
