// Training steps of this engine and of other libraries in turns, in one browser.
//
//   node tests/web/bench/peers.mjs DIST PEERS [options] [W1a=4 W2=1.5 W3 …]
//
//   DIST           a folder made by `cargo xtask dist --every-kernel`
//   PEERS          a folder of pages that offer `window.B` as `equiscope.html` describes it, one for each library
//   --page NAME    a page of PEERS with its query, several times; without: plain.html?backend=typed for W1a and W1b,
//                  jaxk.html?backend=wasm for the others
//   --backend B    of ours: cpu or gpu (default cpu)
//   --rounds N     (default 7)
//   --window MS    how long a measurement takes about (default 500); four steps at least
//
// Every page is open all the time; in each round every page trains for a window, one after the other. A line per
// workload says the ratio of the medians, peer over ours, with the smallest and the largest ratio of a round; the best
// peer counts. Behind a workload stands the ratio that is asked for: it holds when the ratio of the medians reaches it
// and no round falls below 0.8 of it. Numbers mean something on a machine that does nothing else, and are printed with its
// load.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { loadavg } from "node:os";
import { extname, join, normalize, resolve } from "node:path";
import { launch } from "../browsers.mjs";

const ALL = ["W1a", "W1b", "W2", "W3", "W4", "W5", "W6"];
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };
/** A round may fall this far below what is asked for. */
const SLACK = 0.8;

function options(words) {
  const read = { pages: [], backend: "cpu", rounds: 7, window: 500, folders: [], goals: {} };
  while (words.length > 0) {
    const word = words.shift();
    if (word === "--page") read.pages.push(words.shift());
    else if (word === "--backend") read.backend = words.shift();
    else if (word === "--rounds") read.rounds = Number(words.shift());
    else if (word === "--window") read.window = Number(words.shift());
    else if (ALL.includes(word.split("=")[0])) read.goals[word.split("=")[0]] = Number(word.split("=")[1] ?? NaN);
    else read.folders.push(resolve(word));
  }
  if (read.folders.length !== 2) throw new Error("say two folders: that of ours and that of the peers");
  if (Object.keys(read.goals).length === 0) ALL.forEach((w) => { read.goals[w] = NaN; });
  return read;
}

/** Serves folders under names; isolated, so that peers may use threads. */
async function serve(folders) {
  const server = createServer((request, response) => {
    const [, name, ...rest] = decodeURIComponent(new URL(request.url, "http://x").pathname).split("/");
    const file = folders[name] && join(folders[name], normalize(`/${rest.join("/")}`));
    if (!file || !existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cache-control": "no-store",
    });
    return createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** A library may answer with the loss while threads of its own still work on the rest of that step: seen in jax-js, where half
 * of a single step of W5 was outside of its time. So a measurement has several steps, of which only the last can be cut short,
 * and nobody else is measured until such a rest is over. */
const LEAST_STEPS = 4;
const REST_MS = 300;

/** Steps that fill a window, found by trying; more than once, since the first steps may also compile something. */
async function stepsFor(page, w, window) {
  let n = 1;
  for (let i = 0; i < 4; i += 1) {
    const ms = await timed(page, w, n);
    n = Math.max(LEAST_STEPS, Math.min(50 * n, Math.round((n * window) / Math.max(ms, 0.01))));
  }
  return n;
}

async function timed(page, w, n) {
  const { ms } = await page.evaluate(([w, n]) => window.B.run(w, n), [w, n]);
  await new Promise((done) => setTimeout(done, REST_MS));
  return ms;
}

async function duel(w, goal, ours, peers, { rounds, window }) {
  const pages = [["ours", ours], ...peers];
  const laps = {};
  for (const [name, page] of pages) {
    const { loss } = await page.evaluate((w) => window.B.first(w), w);
    laps[name] = { loss, steps: await stepsFor(page, w, window), ms: [] };
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, page] of pages) {
      const lap = laps[name];
      lap.ms.push((await timed(page, w, lap.steps)) / lap.steps);
    }
  }
  const [best] = peers.map(([name]) => name).sort((a, b) => median(laps[a].ms) - median(laps[b].ms));
  const ratios = laps[best].ms.map((ms, round) => ms / laps.ours.ms[round]);
  const ratio = median(laps[best].ms) / median(laps.ours.ms);
  const below = ratios.filter((r) => r < SLACK * (Number.isNaN(goal) ? ratio : goal)).length;
  return {
    workload: w,
    peer: best,
    peer_ms: median(laps[best].ms),
    ours_ms: median(laps.ours.ms),
    ratio,
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    rounds,
    below,
    goal: Number.isNaN(goal) ? null : goal,
    holds: Number.isNaN(goal) ? null : ratio >= goal && below === 0,
    first_losses: Object.fromEntries(Object.entries(laps).map(([name, lap]) => [name, lap.loss])),
    load: loadavg()[0],
  };
}

const chosen = options(process.argv.slice(2));
const [dist, peers] = chosen.folders;
const server = await serve({ bench: import.meta.dirname, equiscope: dist, peers });
const browser = await launch("chromium-webgpu");
const opened = {};
/** The page at a path, ready; each is opened once. */
async function open(path) {
  if (!opened[path]) {
    const page = await browser.open(`${server.url}/${path}`);
    for (let i = 0; !(await page.evaluate(() => Boolean(window.B?.init))); i += 1) {
      if (i === 200) throw new Error(`${path} offers no window.B: ${await page.errors()}`);
      await new Promise((done) => setTimeout(done, 100));
    }
    await page.evaluate(() => window.B.init());
    opened[path] = page;
  }
  return opened[path];
}
try {
  for (const [w, goal] of Object.entries(chosen.goals)) {
    const plain = w.startsWith("W1") ? "plain.html?backend=typed" : "jaxk.html?backend=wasm";
    const names = chosen.pages.length > 0 ? chosen.pages : [plain];
    const ours = await open(`bench/equiscope.html?at=../equiscope/&backend=${chosen.backend}`);
    const theirs = [];
    for (const name of names) theirs.push([name, await open(`peers/${name}`)]);
    console.log(JSON.stringify(await duel(w, goal, ours, theirs, chosen)));
  }
} finally {
  await browser.close();
  server.close();
}
