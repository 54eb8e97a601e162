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

  /** What computes and what draws. */
  backend(): Backend;

  /** Everything the visitor has chosen, as it stands in the URL: `#/vectors?group=O(2)&theta=0.65`. */
  state(): string;

  /** Takes over such a string, and settles when the numbers and the picture follow it. What cannot be read is left as it was. */
  setState(state: string): Promise<void>;

  /** Trains for `n` steps, and settles when they are done. */
  step(n: number): Promise<void>;

  /** The numbers on the screen, and where its handles are. */
  metrics(): Metrics;

  /** The equivariance audit over so many random pairs (g, x): what `equiscope check --json` prints. */
  check(samples: number): Promise<Audit>;

  /** How accurate the small-matrix kernels are on the device that computes, each over so many random samples. */
  accuracy(samples: number): Promise<Accuracy[]>;

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
  /** Where the network runs. */
  kind: "gpu" | "cpu";
  /** Name of the graphics adapter, or of the processor's executor. */
  adapter: string;
  /** Whether the adapter is a processor in disguise. */
  software: boolean;
  drawing: Drawing;
}

/** Numbers are null until they have been computed. */
export interface Metrics {
  group: string;
  /** Training steps done. */
  step: number;
  /** Loss of both networks after the last step. */
  loss: { equivariant: number | null; twin: number | null };
  parameters: { equivariant: number; twin: number };
  /** Matrix of the present group element, rows first. */
  g: number[][] | null;
  /** Input vectors, and the network's output for them. */
  x: number[][];
  y: number[][] | null;
  /** Equivariance residual at the present g and x. */
  residual: number | null;
  twin_residual: number | null;
  /** Its median and largest value over a sample of the group, and the plain twin's. */
  median: number | null;
  worst: number | null;
  twin_median: number | null;
  twin_worst: number | null;
  /** Residual of both networks along the orbit of `coordinate`. */
  orbit: { coordinate: string; values: number[]; equivariant: number[]; twin: number[] } | null;
  /** Named controls in CSS pixels from the corner of the canvas: centre, half the shorter side, and size. */
  rects: Record<string, { x: number; y: number; r: number; width: number; height: number }>;
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

declare global {
  interface Window {
    equiscope: Equiscope;
  }
}
