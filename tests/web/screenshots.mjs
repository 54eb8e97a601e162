// Takes the pictures of the README from the built page: `node screenshots.mjs`, after `cargo xtask dist`.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { launch } from "./browsers.mjs";
import { atRest, DIST, running, step } from "./fixture.mjs";
import { serve } from "./server.mjs";

const TO = fileURLToPath(new URL("../../assets/screenshots/", import.meta.url));

/** Name, state, window, steps of training. */
const PICTURES = [
  ["vectors", "#/vectors?theme=light", { width: 1280, height: 800 }, 300],
  ["vectors-broken", "#/vectors?theme=light&break=bias&theta=2.6", { width: 1280, height: 800 }, 300],
  ["decompositions", "#/decompositions?theme=light", { width: 1280, height: 800 }, 0],
  ["tensors", "#/tensors?theme=light", { width: 1280, height: 800 }, 1200],
  ["vectors-phone", "#/vectors?theme=light", { width: 390, height: 844 }, 0],
  ["vectors-embed", "#/vectors?theme=light&embed=1", { width: 720, height: 400 }, 0],
];

mkdirSync(TO, { recursive: true });
const server = await serve(DIST);
for (const [name, state, size, steps] of PICTURES) {
  const browser = await launch("chromium-webgpu", size);
  const page = await browser.open(server.url + state);
  await running(page);
  if (state.startsWith("#/vectors")) await atRest(page);
  if (steps > 0) await step(page, steps);
  await page.evaluate(() => new Promise((done) => setTimeout(done, 2000)));
  writeFileSync(`${TO}${name}.png`, await page.screenshot());
  console.log(name, JSON.stringify(await page.evaluate(() => equiscope.metrics().worst ?? null)));
  await browser.close();
}
await server.close();
