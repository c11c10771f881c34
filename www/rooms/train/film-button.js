// @ts-check
import { element } from "../dom.js";
import { download } from "../download.js";
import { endingOf, kindOfFilm, record } from "./film.js";
import { styleAt } from "./unfolding.js";

/** @typedef {import("./darkroom.js").Pictures} Pictures */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {typeof import("../../words/rooms/train.en.js").words} Words */

/** Saves a film of the run, says how far it is, and stops where it is pressed again. */
export class FilmButton {
  element = element("div", { class: "train-film" });
  #button = element("button", { type: "button", id: "train-film", disabled: true });
  #said = element("span", { class: "note", id: "train-film-said", role: "status" });
  #words;
  #develop;
  #fail;
  /** @type {Run | undefined} */
  #run;
  /** @type {AbortController | undefined} of the one that is being made */
  #making;

  /**
   * @param {Words} words
   * @param {object} callbacks
   * @param {(run: Run, snapshot: Snapshot) => Promise<Pictures | undefined>} callbacks.develop  the pictures of a checkpoint
   * @param {(error: unknown) => void} callbacks.fail
   */
  constructor(words, { develop, fail }) {
    this.#words = words;
    this.#develop = develop;
    this.#fail = fail;
    this.#button.addEventListener("click", () => (this.#making ? this.#making.abort() : void this.#make()));
    this.element.append(this.#button, this.#said);
    this.show(undefined);
    if (!kindOfFilm()) this.#said.textContent = words.noFilm;
  }

  /** @param {Run | undefined} run */
  show(run) {
    if (run !== this.#run) this.#making?.abort();
    this.#run = run;
    const text = this.#making ? this.#words.stopFilm : this.#words.film;
    if (this.#button.textContent !== text) this.#button.textContent = text;
    this.#button.disabled = !kindOfFilm() || !run || run.checkpoints.all.length < 2;
  }

  async #make() {
    const [run, kind] = [this.#run, kindOfFilm()];
    if (!run || !kind) return;
    const making = new AbortController();
    this.#making = making;
    this.show(run);
    try {
      const frames = await this.#framesOf(run, making.signal);
      const film = await record(frames, {
        kind, labels: run.data.hasLabels ? run.data.heldOut.labels : undefined, style: styleAt(this.element), signal: making.signal,
        onFrame: (frame) => { this.#said.textContent = this.#words.recording(frame, frames.length); },
      });
      this.#said.textContent = this.#words.saved(download(film, `latent-ink-training.${endingOf(kind)}`), film.size);
    } catch (error) {
      this.#said.textContent = "";
      if (!making.signal.aborted) this.#fail(error);
    }
    this.#making = undefined;
    this.show(this.#run);
  }

  /**
   * The checkpoints with their pictures; those of which none were made, because the room was not open, are made now.
   * @param {Run} run
   * @param {AbortSignal} signal
   */
  async #framesOf(run, signal) {
    const newest = /** @type {Snapshot} */ (run.latest);
    const all = [...run.checkpoints.all.filter(({ step }) => step < newest.step), newest];
    const frames = [];
    for (const [i, snapshot] of all.entries()) {
      this.#said.textContent = this.#words.developing(i + 1, all.length);
      const pictures = await this.#develop(run, snapshot);
      signal.throwIfAborted();
      const { step, measured: { recon, kl } } = snapshot;
      const [title, cost] = [this.#words.atStep(step, run.totalSteps), this.#words.nats(recon + kl)];
      if (pictures) frames.push({ pictures, title, cost, done: step / run.totalSteps });
    }
    if (!frames.length) throw new Error(this.#words.noPictures);
    return frames;
  }
}
