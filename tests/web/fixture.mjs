// What the test files share: the built page on a server, a browser, and the numbers on the screen.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, afterEach, before, describe } from "node:test";
import { fileURLToPath } from "node:url";
import { launch, missing, until } from "./browsers.mjs";
import { serve } from "./server.mjs";

/**
 * How often a page is opened again that does not come to its first picture. WebKitGTK fails in about one of fifty: the
 * module traps where safe code cannot (memory out of bounds, absurd capacities), each time elsewhere, in no other
 * browser, and in none of its runs so far without its optimising compiler (JSC_useOMGJIT=false).
 */
const RESTARTS = { webkit: 2 };

export const DIST = process.env.EQUISCOPE_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));

assert.ok(existsSync(`${DIST}/index.html`), `${DIST} holds no built page: run cargo xtask dist`);

/**
 * Describes the same tests for several kinds of browser. `define` is given `open(hash, options)`, which opens a tab
 * and waits until the app runs; after each test its tabs are closed, and must not have had errors.
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
      let pages = [];
      before(async () => {
        server = await serve(DIST);
        browser = await launch(kind);
      });
      after(async () => {
        await browser?.close();
        await server?.close();
      });
      afterEach(async () => {
        const closing = pages;
        pages = [];
        for (const page of closing) {
          const errors = await page.errors();
          await page.close();
          assert.deepEqual(errors, [], "errors in the console");
        }
      });
      const open = async (hash = "", query = "") => {
        for (let left = RESTARTS[kind] ?? 0; ; left -= 1) {
          const page = await browser.open(server.url + query + hash);
          try {
            await running(page);
            pages.push(page);
            return page;
          } catch (error) {
            const errors = await page.errors().catch((gone) => [String(gone)]);
            await page.close().catch(() => {});
            if (left === 0) throw new Error(`${error.message}; in the console: ${JSON.stringify(errors)}`);
            console.log(`${kind} did not start ${hash}; opened again. In the console: ${JSON.stringify(errors)}`);
          }
        }
      };
      define({ kind, open });
    });
  }
}

/** Waits until the app draws and the poster is gone. */
export async function running(page) {
  await page.evaluate(() => equiscope.ready);
  await until(() => page.evaluate(() => getComputedStyle(document.getElementById("poster")).visibility === "hidden"));
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
