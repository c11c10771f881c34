// @ts-check
/** What a person takes along of a run, and brings back: weights, state and log as files. */

import { words } from "../../words/rooms/train-files.js";
import { element } from "../dom.js";
import { logOf } from "./log.js";
import { button } from "./notices.js";
import { recordOf } from "./safetensors.js";

/** @typedef {import("./run.js").Run} Run */

/** @typedef {{ name: string, bytes: Uint8Array<ArrayBuffer>, record: any }} Opened */

const EXTENSION = /\.safetensors$/i;

/**
 * @typedef {object} Openers
 * @property {(file: Opened) => Promise<void>} onWeights
 * @property {(file: Opened) => Promise<void>} onState
 */

export class TakeAway {
  #run = () => /** @type {Run | undefined} */ (undefined);
  #said = element("p", { class: "train-said", id: "train-said", role: "status" });
  #file = element("input", { type: "file", id: "train-file", accept: ".safetensors", hidden: true });
  #saves;
  /** @type {Openers} */
  #openers;

  /**
   * @param {HTMLElement} area  where files may be dropped
   * @param {() => Run | undefined} run  of now
   * @param {Openers} openers
   */
  constructor(area, run, openers) {
    [this.#run, this.#openers] = [run, openers];
    this.#saves = [
      this.#saver("train-save-weights", words.weights, words.weightsTitle, async (own) => [".safetensors", await weightsOf(own)]),
      this.#saver("train-save-state", words.state, words.stateTitle, async (own) => [".state.safetensors", (await own.save()).state]),
      this.#saver("train-save-log", words.log, words.logTitle, async (own) => ["-log.csv", new TextEncoder().encode(logOf(own)).buffer]),
    ];
    this.#file.addEventListener("change", () => {
      void this.#open([...this.#file.files ?? []]);
      this.#file.value = ""; // the same file may be chosen again
    });
    // Before the page takes it for a picture.
    area.addEventListener("drop", (event) => {
      const files = [...event.dataTransfer?.files ?? []].filter(({ name }) => EXTENSION.test(name));
      if (!files.length) return;
      event.preventDefault();
      event.stopPropagation();
      document.body.classList.remove("is-target");
      void this.#open(files);
    });
  }

  get elements() {
    const open = button("train-open", words.open, () => this.#file.click());
    open.title = words.openTitle;
    for (const one of [...this.#saves, open]) one.classList.add("quiet");
    return [element("div", { class: "buttons train-files" }, element("span", {}, words.takeAway), ...this.#saves, open, this.#file), this.#said];
  }

  /** @param {Run | undefined} run */
  show(run) {
    for (const save of this.#saves) save.disabled = !run || run.trouble !== "";
  }

  /** @param {string} text */
  say(text) {
    this.#said.textContent = text;
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {string} title
   * @param {(run: Run) => Promise<[ending: string, bytes: ArrayBuffer]>} make
   */
  #saver(id, text, title, make) {
    const made = button(id, text, async () => {
      const run = this.#run();
      if (!run) return;
      const [ending, bytes] = await make(run);
      this.say(words.saved(download(bytes, nameOf(run) + ending), bytes.byteLength));
    });
    made.title = title;
    return made;
  }

  /** Of a model and its state the state is taken: it holds both. @param {File[]} files */
  async #open(files) {
    const file = files.find(({ name }) => /\.state\.safetensors$/i.test(name)) ?? files[0];
    if (!file) return;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const record = recordOf(bytes);
      const opened = { name: file.name, bytes, record };
      if (record.run && Number.isInteger(record.step)) await this.#openers.onState(opened);
      else if (record.classifier) throw new Error(words.classifier);
      else await this.#openers.onWeights(opened);
    } catch (error) {
      this.say(words.refused(file.name, error instanceof Error ? error.message : String(error)));
    }
  }
}

/** @param {Run} run */
function weightsOf(run) {
  const { settings: { pixels }, workers } = run;
  const last = run.measures.at(-1);
  const heldOut = last && { step: last.step, recon: last.recon, kl: last.kl, elbo: -last.recon - last.kl, kl_per_dim: [...last.klPerDim] };
  return run.file({ command: "Latent Ink, in the page", workers }, { pixels, held_out: heldOut });
}

/** @param {Run} run */
function nameOf({ settings: { kind, latent, data }, step }) {
  return `latent-ink-${kind === "plain" ? "ae" : "vae"}${latent}-${data}-step-${step}`;
}

/**
 * @param {ArrayBuffer} bytes
 * @param {string} name
 */
function download(bytes, name) {
  const link = element("a", { href: URL.createObjectURL(new Blob([bytes])), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  return name;
}
