/**
 * The page's own interface, for embedders and tests: `window.equiscope`.
 *
 * The object belongs to one instance of the app, the one on the page's canvas. Every method but `ready`, `version`
 * and `restart` throws while the app is not running.
 */
export interface Equiscope {
  /** Settles with the first frame drawn; rejects with a sentence when the app cannot start. A new promise after every start. */
  readonly ready: Promise<void>;

  /** Version of the package. */
  readonly version: string;

  /** What computes pairs and sweeps, and what draws. Where training runs is in the metrics. */
  backend(): Backend;

  /** The labs there are, in the order of the gallery; `#/` and a slug open one. */
  labs(): { slug: string; title: string }[];

  /** Everything the visitor has chosen, as it stands in the URL: `#/vectors?group=O(2)&theta=0.65`. */
  state(): string;

  /**
   * Takes over such a string, and settles when the numbers and the picture follow it, after two seconds at most.
   *
   * The string is the whole state: a key that is missing, or whose value cannot be read, gets its default, a number
   * out of range is moved into it, and an unknown key is kept. A string that names no lab opens the gallery. What
   * could not be taken as it stood is said in a banner; nothing is rejected.
   */
  setState(state: string): Promise<void>;

  /**
   * Trains the open lab for `n` more steps, then pauses; settles when they are done. 0 pauses. Rejects unless `n` is
   * a whole number from 0 to 1000000. A second call before the first has settled takes its place: both settle when
   * the second is done. In the gallery it does nothing.
   */
  step(n: number): Promise<void>;

  /** The numbers on the screen, and where its handles are. */
  metrics(): Metrics;

  /**
   * The equivariance audit over so many random pairs (g, x), in the form that `equiscope check --json` prints, in f32
   * on the backend in use, with boosts up to rapidity 3. It tests networks of the default size with fresh weights,
   * not the trained ones of the open lab. Rejects unless `samples` is a whole number from 1 to 1000000, in the
   * gallery, and while another audit runs.
   */
  check(samples: number): Promise<Audit>;

  /** How accurate the small-matrix kernels are on the device that computes, each over so many random samples. */
  accuracy(samples: number): Promise<Accuracy[]>;

  /**
   * Times training steps of a workload that other libraries can train as well (`W1a`, `W1b`, `W2`, `W3`, `W6`; `W4` and
   * `W5` need kernels that are not in the browser bundle yet and are rejected), in the form that
   * `equiscope bench --json` prints: the median of five rounds of `steps` steps, after a warm-up. It works in slices of
   * about 6 ms, or of a step where that takes longer, so that the page goes on; the pauses between them do not count
   * on the CPU. `backend` is where to compute, the CPU if left out. Rejects unless `steps` is a whole number from 1 to
   * 1000000, where there is no such workload or device, and while another measurement runs.
   */
  bench(workload: string, steps: number, options?: { backend?: "cpu" | "gpu" }): Promise<Bench>;

  /** Ends this run and starts again where it was; `drawing` pins what draws. */
  restart(drawing?: Drawing): Promise<void>;

  /** For tests. */
  readonly debug: {
    /** Destroys the graphics device, as a driver reset does. */
    loseDevice(): void;
  };
}

/** What draws the picture. */
export type Drawing = "webgpu" | "webgl2";

export interface Backend {
  /** Where pairs and sweeps are computed. */
  kind: "gpu" | "cpu";
  /** Name of the graphics adapter, or of the processor's executor. */
  adapter: string;
  /** Whether the adapter is a processor in disguise. */
  software: boolean;
  drawing: Drawing;
}

/** Named controls in CSS pixels from the corner of the canvas: centre, half the shorter side, and size. */
type Rects = Record<string, { x: number; y: number; r: number; width: number; height: number }>;

/** What there is always. */
interface Common {
  rects: Rects;
  /** Frames drawn since the app started on this canvas. */
  frames: number;
}

/** `state` tells which fields there are; the gallery has none. */
export type Metrics = GalleryMetrics | StartingMetrics | FailedMetrics | LabMetrics | DecompositionMetrics;

export interface GalleryMetrics extends Common {
  state?: undefined;
}

/** The lab has not computed a frame yet. */
export interface StartingMetrics extends Common {
  state: "starting";
}

/** The lab could not be set up; `error` is a sentence. A lab whose training alone failed has a `step`. */
export interface FailedMetrics extends Common {
  state: "failed";
  error: string;
  step?: undefined;
}

/** Of the lab Decompositions. Matrices are lists of rows. */
export interface DecompositionMetrics extends Common {
  state: "paused" | "playing";
  /** `SL(2)`, `GL+(2)` or `Aff+(2)`. */
  group: string;
  g: number[][];
  /** The element on the sheets: g, or a point of the way to it while it moves. */
  shown: number[][];
  /** `polar`, `kak`, `iwasawa`, `ldu`, `schur`, `affine`. */
  decomposition: string;
  /** The factors in the order in which they stand; empty where the decomposition does not exist. */
  chain: { symbol: string; matrix: number[][] }[];
  product: number[][];
  /** Whether the product is g. */
  agrees: boolean;
  /** X with exp X = g; null where there is none. */
  log: number[][] | null;
  reachable: boolean;
  /** Place on the map: angle in radians, log-stretch. */
  turn: number;
  stretch: number;
  warnings: string[];
}

/** Of the labs that train. Numbers are null until they have been computed. */
export interface LabMetrics extends Common {
  /** What training does; `diverged` and `failed` are ends from which the strip, or `R`, leads back. */
  state: "paused" | "playing" | "stepping" | "diverged" | "failed";
  group: string;
  /** Training steps done. */
  step: number;
  /** Loss of both networks on the batch of the last step. */
  loss: { equivariant: number | null; twin: number | null };
  /** Loss of both networks over the sample of inputs, where the medians are taken. */
  sample_loss: { equivariant: number; twin: number } | null;
  /** Training steps per second, 0 before the first. */
  steps_per_second: number;
  /** Where training runs; it may be another place than `backend()`, which is about pairs and sweeps. */
  training_backend: "cpu" | "gpu";
  /** Whether it takes the page's own thread: `worker` where the CPU trains in a thread of its own. */
  training_thread: "page" | "worker";
  parameters: { equivariant: number; twin: number };
  /** Matrix of the present group element, rows first. */
  g: number[][] | null;
  /** Input vectors, each with its components. */
  x: number[][];
  /** Output of the equivariant network for them: row after row of components, or the scalars. */
  y: number[] | null;
  /** Equivariance residual at the present g and x; null also where the output vanishes. */
  residual: number | null;
  /** The same in 53-bit arithmetic. */
  residual_f64: number | null;
  twin_residual: number | null;
  /** Its median and largest value over a sample of the group, and the plain twin's. */
  median: number | null;
  worst: number | null;
  twin_median: number | null;
  twin_worst: number | null;
  /** Residual of both networks along the orbit of `coordinate`. */
  orbit: { coordinate: string; values: number[]; equivariant: number[]; twin: number[] } | null;
}

export interface Audit {
  lab: string;
  backend: string;
  adapter: string;
  precision: string;
  samples: number;
  seed: number;
  groups: {
    group: string;
    model: string;
    symmetry: "exact" | "soft" | "statistical" | "none";
    samples: number;
    median: number;
    worst: number;
    bound: number | null;
    passed: boolean;
  }[];
  passed: boolean;
}

export interface Accuracy {
  /** Kernel and case: `polar R, 3 × 3`. */
  kernel: string;
  /** Rounded up to a multiple of 5000. */
  samples: number;
  /** Largest error against double precision, in units of 2⁻²⁴ times `condition`; null where a number was not finite. */
  worst: number | null;
  bound: number;
  condition: string;
  passed: boolean;
}

/** How fast a training step is. */
export interface Bench {
  workload: string;
  backend: "cpu" | "gpu";
  adapter: string;
  /** Median over the rounds. */
  ms_per_step: number;
  dispatches_per_step: number;
  /** Bytes that the launches of a step read and write. */
  bytes_per_step: number;
  /** Operations of the workload's products in a nanosecond. */
  gflops: number;
  /** The time that launches, operations and bytes should take on this device, divided by the time measured. */
  model_fraction: number;
  min_ms_per_step: number;
  max_ms_per_step: number;
  rounds: number;
  steps_per_round: number;
  /** Loss of the very first step. */
  first_loss: number;
}

declare global {
  interface Window {
    equiscope: Equiscope;
  }
}
