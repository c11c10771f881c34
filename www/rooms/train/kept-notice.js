// @ts-check
/** What is said of the run that the browser keeps: that it does, that it cannot, and after a reload that there is one. */

import { words } from "../../words/rooms/train-files.js";
import { element } from "../dom.js";
import { dropKept, readKept } from "./kept-run.js";
import { button, notice } from "./notices.js";

/** @typedef {import("./kept-run.js").KeptRun} KeptRun */

export class KeptNotice {
  said = element("p", { class: "train-said", id: "train-kept", role: "status" });
  #notice;
  /** @type {KeptRun | undefined} which may be gone on with */
  #kept;

  /** @param {(kept: KeptRun) => void} onGoOn */
  constructor(onGoOn) {
    this.#notice = notice("train-offer",
      button("train-continue", words.goOn, () => this.#kept && onGoOn(this.#kept)),
      button("train-discard", words.discard, () => void this.#discard()));
  }

  get offer() {
    return this.#notice.box;
  }

  /** Whether there is one. A browser that keeps nothing has none. */
  async look() {
    this.#kept = await readKept().catch(() => undefined);
    this.#sayOffer();
  }

  /** Once a run is there, it will take the place of the kept one. @param {import("./run.js").Run | undefined} run */
  show(run) {
    if (run) this.#kept = undefined;
    this.#sayOffer();
  }

  /** @param {import("./keeper.js").Kept} kept */
  onKept = ({ step }) => {
    this.said.textContent = words.kept(step);
    this.said.dataset.step = String(step);
  };

  /** @param {unknown} error */
  onTrouble = (error) => {
    const { name, message } = error instanceof Error || error instanceof DOMException ? error : { name: "", message: String(error) };
    this.said.textContent = words.notKept(name === "QuotaExceededError" ? words.noRoom : message);
    delete this.said.dataset.step;
  };

  async #discard() {
    this.#kept = undefined;
    this.#sayOffer();
    await dropKept().catch(this.onTrouble);
  }

  #sayOffer() {
    const kept = this.#kept;
    this.#notice.say(kept ? words.offer(kept.step, kept.totalSteps, Date.now() - kept.time) : "");
  }
}
