// A hidden tab does not train. No headless browser hides a tab, so the page is told that it is hidden.
import assert from "node:assert/strict";
import { pause, until } from "./browsers.mjs";
import { inBrowsers, metrics } from "./fixture.mjs";

/** Makes the document say that it is hidden, or shown again. */
const hide = (page, hidden) =>
  page.evaluate((value) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => (value ? "hidden" : "visible") });
    document.dispatchEvent(new Event("visibilitychange"));
  }, hidden);

inBrowsers(["chromium-webgpu", "chromium-nogpu"], "a hidden tab", ({ open, test }) => {
  test("trains no step until it is shown again", async () => {
    const page = await open("#/vectors");
    await metrics(page);
    const steps = () => page.evaluate(() => equiscope.metrics().step);
    await page.evaluate(() => { window.training = equiscope.step(1_000_000); });
    await until(async () => (await steps()) > 5);
    await hide(page, true);
    await pause(1500); // what was under way arrives
    const before = await steps();
    await pause(1500);
    assert.equal(await steps(), before);
    await hide(page, false);
    await until(async () => (await steps()) > before);
    await page.evaluate(() => equiscope.step(0));
    await page.evaluate(() => window.training);
  });
});
