// Frames of a page: moved through in blocks, timed on the clock and on the page's own thread.

/** Frames in a block. */
export const BLOCK = 50;

/** In the page: `block` moves the pointer along points, one a frame, marks the frames and gives their times. */
export function instrument() {
  const plain = window.requestAnimationFrame.bind(window);
  let current;
  window.requestAnimationFrame = (callback) =>
    plain((now) => {
      const start = performance.now();
      callback(now);
      const end = performance.now();
      current?.(start, end);
    });
  const canvas = document.querySelector("canvas");
  const move = ({ x, y }, buttons) =>
    canvas.dispatchEvent(
      new MouseEvent("mousemove", { clientX: x, clientY: y, buttons, bubbles: true, cancelable: true }),
    );
  window.block = (points, buttons, name) =>
    new Promise((done) => {
      const seen = [];
      let next = 0;
      current = (start, end) => {
        // The first frame of a block still belongs to the other kind. The mark finds the frame in the trace.
        if (seen.length > 0) performance.mark(name);
        seen.push({ start, work: end - start });
        if (next < points.length) return move(points[next++], buttons);
        current = undefined;
        done(seen);
      };
      move(points[next++], buttons);
    });
}

const sorted = (values) => [...values].sort((a, b) => a - b);
export const quantile = (values, q) => sorted(values)[Math.min(values.length - 1, Math.floor(q * values.length))];
export const round = (value) => Math.round(value * 100) / 100;

/** Numbers of the frames of one kind: `own` are times on the thread. */
export function summary(blocks, own) {
  const work = blocks.flatMap((block) => block.slice(1).map((frame) => frame.work));
  const intervals = blocks.flatMap((block) => block.slice(2).map((frame, i) => frame.start - block[i + 1].start));
  const of = (name, values) => ({
    [`${name}_median_ms`]: round(quantile(values, 0.5)),
    [`${name}_p95_ms`]: round(quantile(values, 0.95)),
  });
  return { frames: work.length, ...of("own", own), ...of("work", work), ...of("interval", intervals) };
}

/** Milliseconds on the page's thread of the animation frames in which `name` was marked. */
export function ownTimes(events, name) {
  const marks = events.filter((event) => event.cat.includes("user_timing") && event.name === name);
  const holds = (frame, mark) => mark.tid === frame.tid && mark.ts >= frame.ts && mark.ts <= frame.ts + frame.dur;
  const callbacks = events.filter((event) => event.name === "FireAnimationFrame" && event.tdur !== undefined);
  return callbacks.filter((frame) => marks.some((mark) => holds(frame, mark))).map((frame) => frame.tdur / 1000);
}

/** Begins steps of training without waiting for them; 0 stops after those under way. */
export const train = (page, steps) => page.evaluate((n) => { equiscope.step(n).catch(() => {}); }, steps);

export const circle = (middle, radius, from) =>
  Array.from({ length: BLOCK }, (_, i) => ({
    x: middle.x + radius * Math.cos((from + i) / 8),
    y: middle.y + radius * Math.sin((from + i) / 8),
  }));
