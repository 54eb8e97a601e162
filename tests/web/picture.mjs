// What can be said of a screenshot without knowing what should be on it.
import { PNG } from "pngjs";

/** Standard deviation of the brightness, 0 for one flat colour, up to 127. */
export function contrast(png) {
  const { data } = PNG.sync.read(png);
  let sum = 0;
  let squares = 0;
  const count = data.length / 4;
  for (let i = 0; i < data.length; i += 4) {
    const brightness = (data[i] + data[i + 1] + data[i + 2]) / 3;
    sum += brightness;
    squares += brightness * brightness;
  }
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

/** Share of pixels that differ visibly between two screenshots of one size. */
export function difference(a, b) {
  const [p, q] = [PNG.sync.read(a), PNG.sync.read(b)];
  if (p.width !== q.width || p.height !== q.height) throw new Error("two sizes");
  let differing = 0;
  for (let i = 0; i < p.data.length; i += 4) {
    const far = [0, 1, 2].some((k) => Math.abs(p.data[i + k] - q.data[i + k]) > 24);
    if (far) differing += 1;
  }
  return differing / (p.data.length / 4);
}
