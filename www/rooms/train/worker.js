// @ts-check
/**
 * The worker that trains: short slices, so that what a person does comes through within one of them. It computes nothing
 * but steps and what they measure; pictures are made where the page's model lives.
 */

/** @typedef {import("./types.js").Begin} Begin */
/** @typedef {import("./types.js").TrainerCore} TrainerCore */
/** @typedef {import("./types.js").WebTrainer} WebTrainer */

/** A slice of steps: pause and every slider act within one. */
const SLICE_MS = 30;

/** @type {WebTrainer | undefined} */
let trainer;
/** @type {Begin["heldOut"] | undefined} */
let heldOut;
let seed = 0;
let isPlaying = false;
/** Whether a turn of the loop is on its way. */
let isTurning = false;
/** Milliseconds of training. */
let trained = 0;

const actions = {
  /** @param {Begin} request */
  async begin({ tier, config, images, labels, heldOut: measured, seed: runSeed, epochs }) {
    /** @type {TrainerCore} */
    const core = await import(`../../pkg/trainer/${tier}/latent_ink.js`);
    await core.default();
    core.chooseTile(SLICE_MS);
    trainer?.free();
    trainer = new core.Trainer(config, images, labels, runSeed, epochs);
    [heldOut, seed, trained, isPlaying] = [measured, runSeed, 0, false];
    post("begun", { stepsPerEpoch: trainer.stepsPerEpoch, totalSteps: trainer.totalSteps });
    measure();
  },

  play() {
    isPlaying = true;
    turn();
  },

  pause() {
    isPlaying = false;
  },

  step() {
    isPlaying = false;
    slice(0);
    measure();
  },

  /** @param {{ learningRate?: number, beta?: number }} request */
  set({ learningRate, beta }) {
    if (learningRate !== undefined) trainer?.setLearningRate(learningRate);
    if (beta !== undefined) trainer?.setBeta(beta);
  },

  /** The page has shown the last one and is ready for another. */
  show() {
    measure();
  },
};

/** One slice, then whatever has come in meanwhile, then the next. */
function turn() {
  if (isTurning) return;
  isTurning = true;
  setTimeout(() => {
    isTurning = false;
    if (!isPlaying || !trainer) return;
    attempt(() => slice(SLICE_MS));
    if (trainer.step < trainer.totalSteps) turn();
    else isPlaying = false;
  });
}

/** @param {number} milliseconds */
function slice(milliseconds) {
  if (!trainer) return;
  const began = performance.now();
  const steps = trainer.train(milliseconds);
  trained += performance.now() - began;
  post("steps", { step: trainer.step, steps, trained, learningRate: trainer.learningRate, beta: trainer.beta, isPlaying }, [steps.buffer]);
}

/** The model as it is, and what it measures on images that it never learnt from. */
function measure() {
  if (!trainer || !heldOut) return;
  const weights = trainer.weights();
  const measured = trainer.evaluate(heldOut.images, heldOut.labels, seed);
  post("model", { step: trainer.step, weights: weights.buffer, measured }, [weights.buffer]);
}

/**
 * @param {string} event
 * @param {object} what
 * @param {Transferable[]} [transfer]
 */
function post(event, what, transfer = []) {
  self.postMessage({ event, ...what }, { transfer });
}

/** @param {() => unknown} act */
async function attempt(act) {
  try {
    await act();
  } catch (error) {
    isPlaying = false;
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    post("failed", { kind: error instanceof WebAssembly.RuntimeError ? "Panic" : name, message });
  }
}

self.onmessage = ({ data: { action, ...request } }) => {
  void attempt(() => /** @type {Record<string, (request: any) => unknown>} */ (actions)[action](request));
};
