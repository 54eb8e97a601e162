// What a visitor takes home: the square as a picture.
import assert from "node:assert/strict";
import { PNG } from "pngjs";
import { atRest, inBrowsers, place } from "./fixture.mjs";

inBrowsers(["chromium-webgpu", "chromium-nogpu"], "saving", ({ open, test }) => {
  test("the square is saved as a PNG that shows it", async () => {
    const page = await open("#/vectors");
    const numbers = await atRest(page);
    const { name, bytes } = await page.download(place(numbers, "save_square"));
    assert.equal(name, "vectors-square.png");
    const { width, height, data } = PNG.sync.read(bytes);
    // The stage of the reference layout is 992 × 576.
    assert.ok(Math.abs(width - 992) < 8 && Math.abs(height - 576) < 8, `${width} × ${height}`);
    const colours = new Set();
    for (let i = 0; i < data.length; i += 4) colours.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2]);
    assert.ok(colours.size > 100, `only ${colours.size} colours`);
  });
});
