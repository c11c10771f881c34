// @ts-check
/**
 * The worker that trains: short turns of work, so that what a person does comes through between two of them. It computes nothing
 * but steps and what they measure; pictures are made where the page's model lives.
 */

import { unpackPixels } from "../levels.js";
import { beginRun } from "./core.js";
import { digestOf } from "./digest.js";
import { Measuring, sample } from "./measuring.js";
import { Pool } from "./pool.js";
import { EVERYTHING, MODEL } from "./together.js";
import { bestPool } from "./trial.js";

/** @typedef {import("./types.js").Begin} Begin */
/** @typedef {import("./types.js").Images} Images */
/** @typedef {import("./types.js").Requests} Requests */
/** @typedef {import("./types.js").WebTrainer} WebTrainer */

/** A turn of steps or of measuring: pause and every slider act within one. */
const TURN_MS = 30;

/** Training takes this many times as long as measuring, at least: a tenth of the time is for measuring. */
const TIMES = 9;

/** What trains: a trainer, and helpers where there are any. @type {{ trainer: WebTrainer, pool?: Pool, seed: number, sets: Images[] } | undefined} */
let run;
let isPlaying = false;
/** The step before which playing ends. */
let end = Infinity;
/** Milliseconds of training. */
let trained = 0;

let isShowWanted = false;
/** @type {Measuring | undefined} */
let measuring;
/** Milliseconds of measuring, of the last time, and what `trained` was when it ended. */
const measure = { took: 0, last: 0, at: 0 };

const actions = {
  /** @param {Begin} packed */
  async begin({ bits = 8, ...packed }) {
    run?.pool?.end();
    run?.trainer.free();
    run = undefined;
    const images = unpackPixels(packed.images, bits);
    const digest = packed.digest ?? await digestOf(images);
    const request = { ...packed, images, digest };
    const { heldOut, seed, workers = 1, stateOf } = request;
    const { trainer, module } = await beginRun(request);
    /** @type {Pool | undefined} */
    let pool;
    const size = Math.min(workers, trainer.batch);
    if (workers === 0) pool = await bestPool(request, trainer, module);
    else if (size > 1) await (pool = new Pool(trainer)).start(request, module, size);
    if (stateOf && digest) trainer.digest = digest; // from here on it learns from these
    run = { trainer, pool, seed, sets: [heldOut, sample(request, trainer)] };
    [isPlaying, end, trained, measuring] = [false, Infinity, 0, undefined];
    Object.assign(measure, { took: 0, last: 0, at: 0 });
    const { step, stepsPerEpoch, totalSteps } = trainer;
    post("begun", { stepsPerEpoch, totalSteps, step, workers: pool?.size ?? 1 });
    show();
  },

  play() {
    playTo(Infinity);
  },

  async pause() {
    isPlaying = false;
    await run?.pool?.settle();
    if (run) tellSteps(new Float64Array());
    wake();
  },

  async step() {
    isPlaying = false;
    await train(0);
    show();
  },

  epoch() {
    const { step, stepsPerEpoch } = going().trainer;
    playTo((Math.floor(step / stepsPerEpoch) + 1) * stepsPerEpoch);
  },

  /** @param {Requests["set"]} request */
  async set({ training, beta }) {
    const { trainer, pool } = going();
    await refusing(async () => {
      if (training !== undefined) {
        trainer.setTraining(training);
        await pool?.set({ training });
      }
      if (beta !== undefined) {
        trainer.setBeta(beta);
        await pool?.set({ beta });
      }
    });
  },

  show,

  async save() {
    const { trainer, pool } = going();
    await pool?.gather(EVERYTHING);
    const state = trainer.state();
    post("state", { step: trainer.step, state: state.buffer, config: trainer.config }, [state.buffer]);
  },

  /** @param {Requests["file"]} request */
  async file({ training = "{}", metrics = "", precision = "f32" }) {
    const { trainer, pool } = going();
    await pool?.gather(MODEL);
    await refusing(() => {
      const bytes = trainer.file(precision, training, metrics);
      post("file", { step: trainer.step, bytes: bytes.buffer }, [bytes.buffer]);
    });
  },
};

function going() {
  if (!run) throw new Error("no run has begun");
  return run;
}

/** @param {number} step */
function playTo(step) {
  [isPlaying, end] = [true, step];
  wake();
}

/** The page has shown the last model and is ready for another. */
function show() {
  isShowWanted = true;
  wake();
}

/** One turn of whatever is to be done; then what has come in meanwhile, then the next. */
async function turn() {
  if (!run) return;
  if (isShowWanted && !measuring && mayMeasure()) await startMeasuring();
  if (measuring) workOnMeasuring();
  else if (isPlaying) await train(TURN_MS);
  if (isPlaying || measuring || isShowWanted) wake();
}

const mayMeasure = () => !isPlaying || trained - measure.at >= TIMES * measure.last;

/** @param {number} milliseconds */
async function train(milliseconds) {
  const { trainer, pool } = going();
  const began = performance.now();
  const last = milliseconds ? Math.min(end, trainer.totalSteps) : trainer.totalSteps;
  const steps = await (pool ?? trainer).train(milliseconds, last);
  trained += performance.now() - began;
  isPlaying &&= trainer.step < last;
  if (!isPlaying) await pool?.settle();
  tellSteps(steps);
}

/** @param {Float64Array<ArrayBuffer>} steps */
function tellSteps(steps) {
  const { step, learningRate, beta } = going().trainer;
  post("steps", { step, steps, trained, learningRate, beta, isPlaying }, [steps.buffer]);
}

async function startMeasuring() {
  const { trainer, pool, seed, sets } = going();
  const began = performance.now();
  await pool?.gather(MODEL);
  [isShowWanted, measuring, measure.took] = [false, new Measuring(trainer, seed, sets), performance.now() - began];
}

function workOnMeasuring() {
  const began = performance.now();
  const isDone = measuring?.work(TURN_MS / 2);
  if (isDone && measuring) {
    const { trainer } = going();
    const [[measured, trainMeasured], weights] = [measuring.measured, trainer.weights("f32")];
    measure.took += performance.now() - began;
    post("model", { step: trainer.step, weights: weights.buffer, measured, trainMeasured, measureMs: measure.took }, [weights.buffer]);
    [measuring, measure.last, measure.at] = [undefined, measure.took, trained];
  } else measure.took += performance.now() - began;
}

/**
 * What the run cannot do is said, and it goes on as it was.
 * @param {() => unknown} act
 */
async function refusing(act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Error && error.name === "ConfigError")) throw error;
    post("refused", { message: error.message });
  }
}

/**
 * @param {string} event
 * @param {object} what
 * @param {Transferable[]} [transfer]
 */
function post(event, what, transfer = []) {
  self.postMessage({ event, ...what }, { transfer });
}

/** Everything that is done, one after another. @type {Promise<unknown>} */
let last = Promise.resolve();

/** @param {() => unknown} act */
function enqueue(act) {
  last = last.then(act).catch((error) => {
    isPlaying = false;
    // What a step that diverged leaves is the model before it, and can be shown.
    if (error?.name !== "DivergedError") [isShowWanted, measuring] = [false, undefined];
    else wake();
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    post("failed", { kind: error instanceof WebAssembly.RuntimeError ? "Panic" : name, message });
  });
}

/** The next turn comes as a message: timers would wait 4 ms. */
const alarm = new MessageChannel();
let isAwake = false;

function wake() {
  if (isAwake) return;
  isAwake = true;
  alarm.port2.postMessage(undefined);
}

alarm.port1.onmessage = () => {
  isAwake = false;
  enqueue(turn);
};

self.onmessage = ({ data: { action, ...request } }) => {
  enqueue(() => /** @type {Record<string, (request: any) => unknown>} */ (actions)[action](request));
};
