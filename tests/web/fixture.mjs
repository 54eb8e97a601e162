// What the test files share: the built page on a server, a browser, and the numbers on the screen.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Silence, launch, missing, until, within } from "./browsers.mjs";
import { serve } from "./server.mjs";

/**
 * How often a test is begun again, in a browser of its own, that ended so.
 *
 * In about one of a hundred pages WebKitGTK's WebAssembly goes wrong soon after it was opened: it traps where safe code
 * cannot (memory out of bounds, absurd capacities and indices), each time elsewhere, or loops for ever. One such loop,
 * looked at in the debugger, was the search in a hash table, entered in its middle by newly compiled code: the table's
 * address and size, which the slower code had handed over, were 0. Without the optimising compiler (JSC_useOMGJIT=false)
 * it is rarer, and has been seen.
 *
 * Elsewhere a test is begun again once, and only where no answer came at all: that was seen once.
 * What is wrong with the page itself fails every time.
 */
const repeats = (kind, failure) => (kind === "webkit" ? 2 : failure instanceof Silence ? 1 : 0);

/** Attempts a test, which gives what went wrong or nothing, until it passes or has failed as often as it may. */
export async function insist(kind, name, attempt, renew) {
  for (let again = 0; ; again += 1) {
    const failure = await attempt();
    if (!failure) return;
    if (again >= repeats(kind, failure)) throw failure;
    console.log(`BEGUN AGAIN in ${kind}: ${name}. ${failure.message}`);
    await renew();
  }
}

/** Milliseconds after which a test hangs, and its tabs when they are asked for their errors. */
const PATIENCE = { body: 180_000, tabs: 30_000 };

export const DIST = process.env.EQUISCOPE_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));

assert.ok(existsSync(`${DIST}/index.html`), `${DIST} holds no built page: run cargo xtask dist`);

/**
 * Describes the same tests for several kinds of browser. `define` is given the kind, `open(hash, query)`, which opens a
 * tab and waits until the app runs, and node's `test`, after whose body the tabs are closed, and must not have had errors.
 */
export function inBrowsers(kinds, title, define) {
  // EQUISCOPE_BROWSERS=firefox-webgpu,webkit narrows a run by hand.
  const chosen = process.env.EQUISCOPE_BROWSERS?.split(",") ?? kinds;
  for (const kind of kinds.filter((known) => chosen.includes(known))) {
    const skip = missing(kind);
    if (skip) console.warn(`SKIPPED: ${title} in ${kind}, ${skip}`);
    describe(`${title} (${kind})`, { skip }, () => {
      let server;
      let browser;
      before(async () => {
        server = await serve(DIST);
        browser = await launch(kind);
      });
      after(async () => {
        await browser?.close();
        await server?.close();
      });
      let pages = [];
      const open = async (hash = "", query = "") => {
        const page = await browser.open(server.url + query + hash);
        pages.push(page);
        await running(page);
        return page;
      };
      /** Closes the tabs; what they said. */
      const tidy = async () => {
        const said = [];
        for (const page of pages.splice(0)) {
          said.push(...(await page.errors().catch((gone) => [String(gone)])));
          await page.close().catch((gone) => said.push(String(gone)));
        }
        return said;
      };
      const attempt = async (body) => {
        const failure = await within(PATIENCE.body, "the test", body).then(() => undefined, (error) => error);
        const said = await within(PATIENCE.tabs, "closing its tabs", tidy).catch((error) => [String(error)]);
        if (!failure && said.length === 0) return undefined;
        const message = `${failure?.message ?? ""} In the console: ${JSON.stringify(said)}`;
        return Object.assign(failure ?? new Error(), { message });
      };
      const renew = async () => {
        pages = [];
        await browser.close().catch(() => {});
        browser = await launch(kind);
      };
      const repeating = (name, ...rest) =>
        test(name, ...rest.slice(0, -1), () => insist(kind, name, () => attempt(rest.at(-1)), renew));
      define({ kind, open, test: repeating });
    });
  }
}

/** Waits until the app draws and the poster is gone: on a machine where the browser starts for the first time, longer. */
export async function running(page) {
  await page.evaluate(() => equiscope.ready);
  const drawn = () => page.evaluate(() => getComputedStyle(document.getElementById("poster")).visibility === "hidden");
  await until(drawn, { timeout: 60_000 });
}

/** The lab's numbers, once they have been computed. */
export const metrics = (page) =>
  until(async () => {
    const all = await page.evaluate(() => equiscope.metrics());
    return typeof all.worst === "number" && all.g ? all : undefined;
  });

/** The numbers once the handle has come to rest: on a first visit it sways until it is touched. */
export async function atRest(page) {
  let last = await metrics(page);
  return until(async () => {
    const now = await metrics(page);
    const moved = Math.hypot(place(now, "knob").x - place(last, "knob").x, place(now, "knob").y - place(last, "knob").y);
    last = now;
    return moved < 0.5 ? now : undefined;
  }, { every: 500 });
}

export const setState = (page, state) => page.evaluate((to) => equiscope.setState(to), state);
export const step = (page, n) => page.evaluate((count) => equiscope.step(count), n);

/** A named control: centre (x, y), and r, half its shorter side. */
export function place({ rects }, name) {
  const key = Object.keys(rects).find((known) => known === name || known.endsWith(`.${name}`));
  assert.ok(key, `no control ‘${name}’ among ${Object.keys(rects).join(", ")}`);
  return rects[key];
}

/** Largest difference of two matrices. */
export const distance = (a, b) => Math.max(...a.flat().map((value, i) => Math.abs(value - b.flat()[i])));

/** A turn of the plane, y up. */
export const rotation = (t) => [[Math.cos(t), -Math.sin(t)], [Math.sin(t), Math.cos(t)]];

/** Asserts that a and b agree to the tolerance, relative to b. */
export function close(a, b, tolerance, what) {
  const [p, q] = [[a].flat(3), [b].flat(3)];
  assert.equal(p.length, q.length, what);
  const norm = (values) => Math.hypot(...values);
  const error = norm(p.map((value, i) => value - q[i])) / (norm(q) || 1);
  assert.ok(error <= tolerance, `${what}: ${error} apart, ${tolerance} allowed`);
}
