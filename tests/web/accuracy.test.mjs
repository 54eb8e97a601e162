// The kernels of small matrices on the page's own device, against double precision.
import assert from "node:assert/strict";
import { test } from "node:test";
import { KINDS } from "./browsers.mjs";
import { inBrowsers } from "./fixture.mjs";

inBrowsers(KINDS, "accuracy", ({ open }) => {
  test("every kernel keeps to the bound it states", async () => {
    const page = await open("#/vectors");
    const rows = await page.evaluate(() => equiscope.accuracy(5000));
    assert.ok(rows.length >= 29, `${rows.length} rows`);
    for (const row of rows) {
      assert.equal(row.samples, 5000);
      assert.ok(row.passed && row.worst > 0 && row.worst <= row.bound, JSON.stringify(row));
    }
  });
});
