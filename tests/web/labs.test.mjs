// Every lab of the registry opens from the gallery and draws: nothing is to be written here for a new one.
import assert from "node:assert/strict";
import { until } from "./browsers.mjs";
import { inBrowsers, setState } from "./fixture.mjs";
import { contrast, difference } from "./picture.mjs";

inBrowsers(["chromium-webgpu", "chromium-nogpu"], "every lab", ({ open, test }) => {
  test("is listed, opens from the gallery, and draws", async () => {
    const page = await open("#/");
    const labs = await page.evaluate(() => equiscope.labs());
    assert.ok(labs.length > 0);
    const gallery = await page.screenshot();
    for (const { slug, title } of labs) {
      assert.ok(title.length > 0, slug);
      await setState(page, `#/${slug}`);
      assert.match(await page.evaluate(() => equiscope.state()), new RegExp(`^#/${slug}(\\?|$)`));
      await until(() => page.evaluate(() => !["starting", undefined].includes(equiscope.metrics().state)));
      assert.equal(await page.evaluate(() => equiscope.metrics().error), undefined, slug);
      const picture = await page.screenshot();
      assert.ok(contrast(picture) > 2, `${slug}: the canvas is blank`);
      assert.ok(difference(gallery, picture) > 0.01, `${slug}: the gallery is still there`);
      await setState(page, "#/");
      assert.equal(await page.evaluate(() => equiscope.metrics().state), undefined);
    }
  });

  test("text in any script is drawn, though most of it with stand-ins", async () => {
    const page = await open("#/vectors");
    const texts = ["e\u0301 \u1e69 ﬁ", "Привет Ελληνικά", "العربية فارسی", "עִבְרִית", "नमस्ते क्ष", "বাংলা தமிழ் తెలుగు", "ไทย ກຳ", "မြန်မာ ខ្មែរ", "한국어 각", "漢字かな", "ꦗꦮ ᏣᎳᎩ", "👩‍👩‍👧 🇨🇭", "\u202eabc\u202c"];
    for (const text of texts) {
      // A group that nobody knows is quoted in a message on the screen.
      await setState(page, `#/vectors?group=${encodeURIComponent(text)}`);
      await page.screenshot();
    }
    assert.notEqual(await page.evaluate(() => equiscope.metrics().g), undefined);
  });

  test("numbers that make no sense are refused with a sentence", async () => {
    const page = await open("#/vectors");
    for (const n of [NaN, -1, 0.5, 1e7, Infinity]) {
      for (const method of ["step", "check"]) {
        const said = await page.evaluate(([name, value]) => equiscope[name](value).then(() => "", String), [method, n]);
        assert.match(said, /must be a whole number from [01] to 1000000/, `${method}(${n})`);
      }
    }
    await page.evaluate(() => equiscope.step(0));
    assert.equal(await page.evaluate(() => equiscope.metrics().step), 0);
    const both = await page.evaluate(() =>
      Promise.allSettled([equiscope.check(20), equiscope.check(20)]).then((all) => all.map((one) => one.status)),
    );
    assert.deepEqual(both, ["fulfilled", "rejected"]);
  });
});
