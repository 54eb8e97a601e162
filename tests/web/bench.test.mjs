// Workloads in the page and in the page beside other libraries: that they run, not how fast.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { KINDS, hasWebGpu, launch, missing } from "./browsers.mjs";
import { DIST, inBrowsers } from "./fixture.mjs";
import { serve } from "./server.mjs";

/** Losses of the first step that other libraries compute for the same parameters and batches. */
const FIRST = { W1a: 1.103471, W2: 1.048337 };

const near = (value, id) => assert.ok(Math.abs(value / FIRST[id] - 1) < 1e-5, `${id}: ${value}, not ${FIRST[id]}`);

function check(row, id, backend) {
  assert.deepEqual([row.workload, row.backend, row.rounds], [id, backend, 5]);
  near(row.first_loss, id);
  const positive = ["ms_per_step", "dispatches_per_step", "bytes_per_step", "gflops", "model_fraction"];
  for (const key of positive) assert.ok(Number.isFinite(row[key]) && row[key] > 0, `${key}: ${row[key]}`);
  assert.ok(row.min_ms_per_step <= row.ms_per_step && row.ms_per_step <= row.max_ms_per_step, JSON.stringify(row));
  assert.ok(row.dispatches_per_step <= 12, `${row.dispatches_per_step} launches`);
}

inBrowsers(KINDS, "bench", ({ kind, open, test }) => {
  test("the page times training steps on the CPU", async () => {
    const page = await open("#/");
    // Clocks of browsers stand still for up to a millisecond.
    check(await page.evaluate(() => equiscope.bench("W1a", 20_000)), "W1a", "cpu");
    check(await page.evaluate(() => equiscope.bench("w2", 1, { backend: "cpu" })), "W2", "cpu");
  });

  test("what cannot be measured is refused with a sentence", async () => {
    const page = await open("#/");
    const refused = (...asked) => page.evaluate((all) => equiscope.bench(...all).then(() => "", String), asked);
    assert.match(await refused("W99", 1), /no workload ‘W99’; there are W1a, /);
    assert.match(await refused("W1a", 0), /whole number from 1 to/);
    assert.match(await refused("W1a", 1, { backend: "tpu" }), /‘tpu’/);
    if (!hasWebGpu(kind)) assert.match(await refused("W1a", 1, { backend: "gpu" }), /no graphics device/);
  });

  test("the page times training steps on the device", { skip: !hasWebGpu(kind) }, async () => {
    const page = await open("#/");
    check(await page.evaluate(() => equiscope.bench("W1a", 50, { backend: "gpu" })), "W1a", "gpu");
  });
});

const CHROMIUM = "chromium-webgpu";

describe("the page beside other libraries", { skip: missing(CHROMIUM) }, () => {
  let server;
  let browser;
  before(async () => {
    const own = await readFile(new URL("bench/equiscope.html", import.meta.url), "utf8");
    server = await serve(DIST, { pages: { "/bench.html": own } });
    browser = await launch(CHROMIUM);
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  for (const backend of ["cpu", "gpu"]) {
    test(`trains without the app (${backend})`, async () => {
      const page = await browser.open(`${server.url}bench.html?at=./&backend=${backend}`);
      assert.equal((await page.evaluate(() => B.init())).backend, backend);
      const first = await page.evaluate(() => B.first("W2"));
      near(first.loss, "W2");
      assert.ok(first.ms > 0 && first.since_nav >= first.ms, JSON.stringify(first));
      const run = await page.evaluate(() => B.run("W2", 4, 3));
      assert.equal(run.n, 4);
      assert.ok(run.ms > 0 && run.js_ms > 0 && run.loss > 0 && run.loss < first.loss, JSON.stringify(run));
      assert.equal(await page.evaluate(() => B.flops("W2")), 451_200_000);
      const counts = await page.evaluate(() => B.count("W2"));
      if (backend === "cpu") {
        assert.deepEqual(counts, {});
      } else {
        assert.ok(counts.dispatchWorkgroups > 0 && counts.dispatchWorkgroups <= 12, JSON.stringify(counts));
        assert.equal(counts.createBindGroup ?? 0, 0);
        assert.equal(counts.createComputePipeline ?? 0, 0);
      }
      assert.deepEqual(await page.errors(), []);
      await page.close();
    });
  }
});
