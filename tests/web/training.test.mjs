// Training at the defaults, in the page itself.
import assert from "node:assert/strict";
import { KINDS } from "./browsers.mjs";
import { inBrowsers, metrics, step } from "./fixture.mjs";

/** So many are enough for the tensor networks. */
const STEPS = 120;

inBrowsers(KINDS, "training", ({ open, test }) => {
  test("both losses fall tenfold, and only one of the two nets is equivariant", async () => {
    const page = await open("#/vectors");
    await step(page, 1);
    const first = await metrics(page);
    assert.equal(first.step, 1);
    let worst = first.worst;
    for (let done = 1; done < 200; ) {
      const more = Math.min(50, 200 - done);
      await step(page, more);
      done += more;
      worst = Math.max(worst, (await metrics(page)).worst);
    }
    const last = await metrics(page);
    assert.equal(last.step, 200);
    for (const net of ["equivariant", "twin"]) {
      const ratio = first.loss[net] / last.loss[net];
      assert.ok(ratio >= 10, `${net}: ${first.loss[net]} fell to ${last.loss[net]} only`);
    }
    assert.ok(worst < 1e-5, `worst residual on the way ${worst}`);
    assert.ok(last.twin_median > 1e-2, `the twin's median ${last.twin_median}`);
  });

  test("the errors on unseen samples of the tensor networks part, and only one of the two nets is equivariant", async () => {
    const page = await open("#/tensors?seeds=1");
    const first = await metrics(page);
    await step(page, STEPS);
    const last = await metrics(page);
    assert.equal(last.step, STEPS);
    assert.ok(last.test_error.model < 0.5 * last.test_error.twin, JSON.stringify(last.test_error));
    assert.ok(last.test_error.model < 0.5 * first.test_error.model, `from ${first.test_error.model}`);
    assert.ok(last.worst < 1e-5 && last.twin_worst > 1e-2, `worst residuals ${last.worst} and ${last.twin_worst}`);
  });
});
