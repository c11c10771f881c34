import type { Shape } from "../browser/workloads.mjs";

/** One workload of one contestant, with its weights and inputs already where the contestant wants them. */
export interface Work {
  /** Computes it once: this alone is timed. */
  run(): void | Promise<void>;
  /** What was computed last: an answer row by row, or for training the loss of the last step. */
  result(): Float32Array | Promise<Float32Array>;
  /** Gives everything back. */
  close(): void | Promise<void>;
}

/** What an engine can do; `null` where its interface has no such thing. */
export interface Peer {
  name: string;
  version: string;
  /** `packed`: B is known beforehand, so the engine may put it into whatever order it likes. */
  product?(shape: Shape, how: { packed: boolean }): Promise<Work | null>;
  vae?(batch: number): Promise<Work>;
  convVae?(batch: number): Promise<Work>;
  training?(batch: number): Promise<Work>;
}
