// The kernels of small matrices on the page's own device, against double precision.
import assert from "node:assert/strict";
import { KINDS } from "./browsers.mjs";
import { inBrowsers } from "./fixture.mjs";

inBrowsers(KINDS, "accuracy", ({ kind, open, test }) => {
  // The device at full size once; elsewhere the same kernels in other compilers and engines.
  const samples = kind === "chromium-webgpu" ? 100_000 : 5000;
  test(`every kernel keeps to the bound it states, over ${samples} samples`, async () => {
    const page = await open("#/vectors");
    const { rows, turns } = await page.evaluate(async (n) => {
      let turns = 0;
      const timer = setInterval(() => (turns += 1));
      const rows = await equiscope.accuracy(n);
      clearInterval(timer);
      return { rows, turns };
    }, samples);
    assert.ok(rows.length >= 29, `${rows.length} rows`);
    // The page comes to its own work between the batches.
    assert.ok(turns >= (rows.length * samples) / 5000, `${turns} turns`);
    for (const row of rows) {
      assert.equal(row.samples, samples);
      assert.ok(row.passed && row.worst > 0 && row.worst <= row.bound, JSON.stringify(row));
    }
  });
});
