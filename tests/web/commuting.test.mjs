// f(g·x) = ρ(g) f(x), as the page computes it: on WebGPU in two implementations, and on the CPU in three engines.
import assert from "node:assert/strict";
import { test } from "node:test";
import { KINDS, launch, missing } from "./browsers.mjs";
import { DIST, close, inBrowsers, metrics, running, setState, step } from "./fixture.mjs";
import { serve } from "./server.mjs";

const COMPACT = ["SO(2)", "O(2)", "C(5)", "D(6)", "SO(3)", "O(3)"];
const BOOSTS = ["SO+(1,1)", "SO+(1,2)"];
const state = (group, more = "") => `#/vectors?group=${encodeURIComponent(group)}${more}`;

inBrowsers(KINDS, "commuting", ({ open, test }) => {
  for (const group of [...COMPACT, ...BOOSTS]) {
    test(`the square of ${group} closes, and its twin's does not`, async () => {
      const page = await open(state(group));
      const { group: shown, worst, twin_median } = await metrics(page);
      assert.equal(shown.replace("⁺", "+"), group);
      assert.ok(worst < (BOOSTS.includes(group) ? 1e-4 : 1e-5), `worst residual ${worst}`);
      assert.ok(twin_median > 1e-2, `the plain twin's median is only ${twin_median}`);
    });
  }

  test("rapidity 3 stays within what f32 allows", async () => {
    const page = await open(state("SO+(1,1)", "&eta=3"));
    const { residual, g } = await metrics(page);
    assert.ok(Math.abs(g[0][0] - Math.cosh(3)) < 1e-4);
    assert.ok(residual < 1e-4, `residual ${residual}`);
  });

  for (const name of ["bias", "relu", "component", "metric"]) {
    test(`the switch ‘${name}’ breaks it`, async () => {
      const page = await open(state("O(2)"));
      assert.ok((await metrics(page)).worst < 1e-5);
      await setState(page, state("O(2)", `&break=${name}`));
      const { worst } = await metrics(page);
      assert.ok(worst > 1e-2, `worst residual ${worst}`);
    });
  }

  test("the audit passes over a hundred pairs, and sees what is broken", async () => {
    const page = await open(state("O(2)"));
    const audit = await page.evaluate(() => equiscope.check(100));
    assert.equal(audit.passed, true);
    assert.equal(audit.samples, 100);
    const exact = audit.groups.filter((row) => row.symmetry === "exact");
    assert.ok(exact.length >= COMPACT.length, "too few rows");
    for (const row of exact) {
      const bound = row.group.includes("(1,") ? 1e-4 : 1e-5;
      assert.ok(row.worst < bound, `${row.group} ${row.model}: ${row.worst}`);
    }
    const broken = audit.groups.filter((row) => row.model.includes("broken"));
    assert.equal(broken.length, 4 * exact.length);
    for (const row of broken) assert.ok(row.worst > 1e-2, `${row.group} ${row.model} only reaches ${row.worst}`);
  });
});

const both = ["chromium-webgpu", "chromium-nogpu"];
test("without an adapter the CPU shows the same numbers", { skip: both.map(missing).find(Boolean) }, async () => {
  const server = await serve(DIST);
  const read = async (kind) => {
    const browser = await launch(kind);
    try {
      const page = await browser.open(`${server.url}${state("O(2)", "&theta=0.65")}`);
      await running(page);
      const before = await metrics(page);
      await step(page, 5);
      return { before, after: await metrics(page), backend: await page.evaluate(() => equiscope.backend()) };
    } finally {
      await browser.close();
    }
  };
  try {
    const gpu = await read(both[0]);
    const cpu = await read(both[1]);
    assert.deepEqual([gpu.backend.kind, cpu.backend.kind], ["gpu", "cpu"]);
    close(gpu.before.g, cpu.before.g, 1e-6, "g");
    close(gpu.before.y, cpu.before.y, 1e-5, "f(x)");
    close(gpu.before.twin_median, cpu.before.twin_median, 1e-4, "the twin's residual");
    close(gpu.before.orbit.twin, cpu.before.orbit.twin, 1e-4, "the twin's orbit");
    for (const net of ["equivariant", "twin"]) close(gpu.after.loss[net], cpu.after.loss[net], 1e-3, `loss of ${net}`);
  } finally {
    await server.close();
  }
});
