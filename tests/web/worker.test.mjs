// Training in a worker: it is where training happens, it comes to the very numbers that the page itself comes to, and
// where the page forbids workers training goes on without one.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { KINDS, launch, missing, until } from "./browsers.mjs";
import { DIST, inBrowsers, running, step } from "./fixture.mjs";
import { serve } from "./server.mjs";

const LAB = "#/vectors?train=cpu";
const STEPS = 50;

/** The lab's numbers about its training; what is measured over the orbit may still be on its way. */
const metrics = (page) =>
  until(async () => {
    const all = await page.evaluate(() => equiscope.metrics());
    return all.training_thread ? all : undefined;
  });

/** Trains, and gives the losses of the last step. */
async function trained(page, thread) {
  await metrics(page);
  await step(page, STEPS);
  const all = await metrics(page);
  assert.equal(all.training_thread, thread);
  assert.equal(all.step, STEPS);
  return all.loss;
}

inBrowsers(KINDS, "a worker", ({ kind, open }) => {
  test("trains, and goes on after a reset and a new plan", async () => {
    const page = await open(LAB);
    await trained(page, "worker");
    await page.evaluate((to) => equiscope.setState(to), `${LAB}&width=6`);
    const before = (await metrics(page)).step;
    await step(page, 20);
    const all = await metrics(page);
    assert.deepEqual([all.step, all.training_thread], [before + 20, "worker"]);
  });

  if (kind !== "chromium-webgpu") return;
});

describe("a worker (chromium-webgpu)", { skip: missing("chromium-webgpu") }, () => {
  let browser;
  before(async () => (browser = await launch("chromium-webgpu")));
  after(() => browser?.close());

  /** Numbers after training in a page with this in its head. */
  async function numbersWith(head, thread, act = () => {}) {
    const html = String(await readFile(`${DIST}/index.html`)).replace("<head>", `<head>${head}`);
    const server = await serve(DIST, { pages: { "/index.html": html } });
    try {
      const page = await browser.open(server.url + LAB);
      await running(page);
      await act(page);
      const result = await trained(page, thread);
      await page.close();
      return result;
    } finally {
      await server.close();
    }
  }

  test("comes to the same numbers as the page, which goes on where workers are forbidden", async () => {
    const there = await numbersWith("", "worker");
    const forbidden = `<meta http-equiv="Content-Security-Policy" content="worker-src 'none'">`;
    assert.deepEqual(await numbersWith(forbidden, "page"), there);
    const absent = "<script>delete window.Worker</script>";
    assert.deepEqual(await numbersWith(absent, "page"), there);
  });

  test("that dies is done without, from the last snapshot on", async () => {
    const spy = "<script>const Plain = Worker; window.workers = []; window.Worker = class extends Plain { constructor(...args) { super(...args); workers.push(this); } };</script>";
    const html = String(await readFile(`${DIST}/index.html`)).replace("<head>", `<head>${spy}`);
    const server = await serve(DIST, { pages: { "/index.html": html } });
    try {
      const page = await browser.open(server.url + LAB);
      await running(page);
      await step(page, 20);
      assert.equal((await metrics(page)).training_thread, "worker");
      await page.evaluate(() => {
        workers[0].terminate();
        workers[0].dispatchEvent(new ErrorEvent("error", { message: "planned" }));
      });
      await until(async () => (await metrics(page)).training_thread === "page");
      assert.equal((await metrics(page)).step, 20);
      await step(page, 30);
      const all = await metrics(page);
      assert.deepEqual([all.step, all.training_thread], [50, "page"]);
      assert.ok(Number.isFinite(all.loss.equivariant));
      await page.close();
    } finally {
      await server.close();
    }
  });

  test("runs in a sandbox without an origin", async () => {
    const frame = `<!doctype html><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="/${LAB}" width="900" height="600"></iframe>`;
    const server = await serve(DIST, { pages: { "/frame.html": frame }, cors: true });
    try {
      const page = await browser.open(`${server.url}frame.html`);
      const inner = await until(() => page.frame());
      await running(inner);
      await trained(inner, "worker");
      await page.close();
    } finally {
      await server.close();
    }
  });
});
