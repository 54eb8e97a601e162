// On a software adapter no frame is begun while the last one is being drawn and put on the screen.
import assert from "node:assert/strict";
import { pause } from "./browsers.mjs";
import { inBrowsers } from "./fixture.mjs";

/**
 * In the page: draws `wanted` frames as fast as they come. Gives how many began over an unfinished one, and the shortest
 * time in ms from the end of one to the beginning of the next.
 */
function watchFrames(wanted) {
  const submit = GPUQueue.prototype.submit;
  const canvas = document.querySelector("canvas");
  const unfinished = new Set();
  let [frames, overlaps, rest, frame, finished] = [0, 0, Infinity, undefined, undefined];
  return new Promise((done) => {
    GPUQueue.prototype.submit = function (buffers) {
      const now = document.timeline.currentTime; // the same all through a frame
      if (now !== frame) {
        frames += 1;
        if (unfinished.size > 0) overlaps += 1;
        else if (finished !== undefined) rest = Math.min(rest, now - finished);
        frame = now;
      }
      submit.call(this, buffers);
      const handed = Symbol("commands");
      unfinished.add(handed);
      this.onSubmittedWorkDone().finally(() => {
        unfinished.delete(handed);
        finished = performance.now();
      });
      if (frames < wanted) return;
      GPUQueue.prototype.submit = submit;
      done({ frames, overlaps, rest });
    };
    const move = () => {
      const [clientX, clientY] = [480 + (frames % 7), 620];
      canvas.dispatchEvent(new MouseEvent("mousemove", { clientX, clientY, bubbles: true, cancelable: true }));
      if (frames < wanted) setTimeout(move, 4);
    };
    move();
  });
}

inBrowsers(["firefox-webgpu"], "pacing", ({ open, test }) => {
  test("nothing waits for a browser that looks for what is done ten times a second", async () => {
    const page = await open("#/vectors");
    await pause(2000);
    const { frames, overlaps } = await page.evaluate(watchFrames, 20);
    assert.ok(overlaps > frames / 2, `${overlaps} of ${frames} frames began before an answer`);
  });
});

inBrowsers(["chromium-webgpu"], "pacing", ({ open, test }) => {
  test("no frame is begun while the last one is being drawn and put on the screen", async () => {
    const page = await open("#/decompositions");
    // By now the app knows how promptly this browser answers.
    await pause(2000);
    const { frames, overlaps, rest } = await page.evaluate(watchFrames, 20);
    assert.equal(overlaps, 0, `of ${frames} frames`);
    // The app is told a little earlier or later than the test, and leaves 8 ms.
    assert.ok(rest > 4, `only ${rest} ms were left to the browser`);
  });

  test("frames that were asked for can be taken back", async () => {
    const page = await open("#/decompositions");
    const called = await page.evaluate(async () => {
      const seen = [];
      const first = requestAnimationFrame(() => seen.push("first"));
      requestAnimationFrame(() => seen.push("second"));
      cancelAnimationFrame(first);
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return seen;
    });
    assert.deepEqual(called, ["second"]);
  });
});
