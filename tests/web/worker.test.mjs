// Training in a worker: it is where training happens, it comes to the very numbers that the page itself comes to, and
// where the page forbids workers training goes on without one.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { KINDS, launch, missing, until } from "./browsers.mjs";
import { DIST, inBrowsers, running, step } from "./fixture.mjs";
import { serve } from "./server.mjs";

/** Labs that train: a state that takes little time, another plan for it, and the numbers that training leaves. */
const LABS = {
  vectors: { state: "#/vectors?train=cpu", other: "#/vectors?train=cpu&width=6", numbers: (all) => all.loss },
  tensors: {
    state: "#/tensors?width=8&layers=1&n=100",
    other: "#/tensors?width=8&layers=1&n=100&break=bias",
    // Of three runs, at the last of the steps at which they are examined.
    numbers: (all) => all.test_error,
  },
};
const STEPS = 50;

/** The lab's numbers about its training; what is measured over the orbit may still be on its way. */
const metrics = (page) =>
  until(async () => {
    const all = await page.evaluate(() => equiscope.metrics());
    return all.training_thread ? all : undefined;
  });

/** Trains, and gives the numbers that this leaves. */
async function trained(page, lab, thread) {
  await metrics(page);
  await step(page, STEPS);
  const all = await metrics(page);
  assert.equal(all.training_thread, thread);
  assert.equal(all.step, STEPS);
  return lab.numbers(all);
}

inBrowsers(KINDS, "a worker", ({ kind, open, test }) => {
  for (const [name, lab] of Object.entries(LABS)) {
    test(`trains ${name}, and goes on after a reset and a new plan`, async () => {
      const page = await open(lab.state);
      await trained(page, lab, "worker");
      await page.evaluate((to) => equiscope.setState(to), lab.other);
      const before = (await metrics(page)).step;
      await step(page, 20);
      const all = await metrics(page);
      assert.deepEqual([all.step, all.training_thread], [before + 20, "worker"]);
    });
  }

  if (kind !== "chromium-webgpu") return;
});

describe("a worker (chromium-webgpu)", { skip: missing("chromium-webgpu") }, () => {
  let browser;
  before(async () => (browser = await launch("chromium-webgpu")));
  after(() => browser?.close());

  /** Numbers after training in a page with this in its head. */
  async function numbersWith(lab, head, thread) {
    const html = String(await readFile(`${DIST}/index.html`)).replace("<head>", `<head>${head}`);
    const server = await serve(DIST, { pages: { "/index.html": html } });
    try {
      const page = await browser.open(server.url + lab.state);
      await running(page);
      const result = await trained(page, lab, thread);
      await page.close();
      return result;
    } finally {
      await server.close();
    }
  }

  for (const [name, lab] of Object.entries(LABS)) {
    test(`comes to the same numbers of ${name} as the page, which goes on where workers are forbidden`, async () => {
      const there = await numbersWith(lab, "", "worker");
      const forbidden = `<meta http-equiv="Content-Security-Policy" content="worker-src 'none'">`;
      assert.deepEqual(await numbersWith(lab, forbidden, "page"), there);
      const absent = "<script>delete window.Worker</script>";
      assert.deepEqual(await numbersWith(lab, absent, "page"), there);
    });
  }

  for (const [name, lab] of Object.entries(LABS)) {
    test(`that dies is done without in ${name}, from the last snapshot on`, async () => {
      const spy = "<script>const Plain = Worker; window.workers = []; window.Worker = class extends Plain { constructor(...args) { super(...args); workers.push(this); } };</script>";
      const html = String(await readFile(`${DIST}/index.html`)).replace("<head>", `<head>${spy}`);
      const server = await serve(DIST, { pages: { "/index.html": html } });
      try {
        const page = await browser.open(server.url + lab.state);
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
        assert.ok(Object.values(lab.numbers(all)).every(Number.isFinite));
        await page.close();
      } finally {
        await server.close();
      }
    });
  }

  test("runs in a sandbox without an origin", async () => {
    const frame = `<!doctype html><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" src="/${LABS.vectors.state}" width="900" height="600"></iframe>`;
    const server = await serve(DIST, { pages: { "/frame.html": frame }, cors: true });
    try {
      const page = await browser.open(`${server.url}frame.html`);
      const inner = await until(() => page.frame());
      await running(inner);
      await trained(inner, LABS.vectors, "worker");
      await page.close();
    } finally {
      await server.close();
    }
  });
});
