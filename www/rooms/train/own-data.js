// @ts-check
/** A person's own images: files or drawings in, what the network will see of them, and two sets out. */

import { P } from "../../picture.js";
import { styled } from "../../rooms.js";
import { chooseTier } from "../../tier.js";
import { words } from "../../words/rooms/train-data.js";
import { element } from "../dom.js";
import { panel } from "../panel.js";
import { Drawer } from "./own-data/drawer.js";
import { findOwn, forgetOwn, keepOwn } from "./own-data/kept.js";
import { Preview, SHOWN } from "./own-data/preview.js";
import { Reading } from "./own-data/reading.js";
import { chosenSources, droppedSources } from "./own-data/sources.js";

/** @typedef {import("../../types.js").Desk} Desk */
/** @typedef {import("./own-data/drawer.js").Drawing} Drawing */
/** @typedef {import("./own-data/preview.js").Choice} Choice */
/** @typedef {import("./own-data/sources.js").Source} Source */

/** Fewer images are no set: two of them are held out. */
const LEAST = 20;
/** The preview follows a reading this often, ms. */
const LOOK_MS = 400;

/** What a person has given so far: closing the panel loses none of it. */
const basket = {
  /** @type {Source[]} */
  sources: [],
  /** @type {Drawing[]} */
  drawings: [],
  /** @type {Choice} */
  choice: { way: { framing: "whole" }, ink: "auto" },
};

/**
 * @param {Desk} desk
 * @param {(key: "own") => void} onChosen  images were chosen: `loadData("own")` has them
 */
export async function openOwnData(desk, onChosen) {
  await Promise.all([styled("panel"), styled("train-data")]);
  new OwnData(desk, onChosen);
}

class OwnData {
  #desk;
  #onChosen;
  /** @type {Reading | undefined} */
  #reading;
  #lookedAt = 0;
  #shownRefused = 0;
  #isOpen = true;
  #dialog;
  #kept = element("div", { class: "kept", id: "own-kept", hidden: true });
  #files = element("input", { id: "own-files-input", type: "file", multiple: true, hidden: true });
  #folder = element("input", { id: "own-folder-input", type: "file", webkitdirectory: true, hidden: true });
  #drop = element("div", { class: "drop", id: "own-drop" });
  #said = element("p", { class: "about", id: "own-said", role: "status" });
  #progress = element("progress", { "aria-label": words.progress });
  #stop = element("button", { type: "button", id: "own-stop" }, words.stop);
  #again = element("button", { type: "button", class: "quiet", id: "own-again" }, words.again);
  #refused = element("details", { class: "refused", id: "own-refused", hidden: true });
  #preview = new Preview(basket.choice, { onWay: () => this.#read(), onInk: () => this.#look() });
  #drawer;
  #count = element("p", { id: "own-count", role: "status" });
  #use = element("button", { type: "button", id: "own-use", class: "chief" }, words.use);

  /**
   * @param {Desk} desk
   * @param {(key: "own") => void} onChosen
   */
  constructor(desk, onChosen) {
    this.#desk = desk;
    this.#onChosen = onChosen;
    this.#drawer = new Drawer(desk, basket.drawings, () => this.#showState());
    this.#drawer.element.hidden = basket.drawings.length === 0;
    const button = (/** @type {string} */ id, /** @type {string} */ text, /** @type {() => void} */ act) => {
      const made = element("button", { type: "button", id }, text);
      made.addEventListener("click", act);
      return made;
    };
    this.#drop.append(element("p", {}, words.drop), element("div", { class: "buttons" },
      button("own-files", words.chooseFiles, () => this.#files.click()),
      button("own-folder", words.chooseFolder, () => this.#folder.click()),
      button("own-draw", words.draw, () => this.#openDrawer())), this.#files, this.#folder);
    this.#dialog = panel("own-data-panel", words.title, words.close, element("p", { class: "about" }, words.about), this.#kept,
      element("section", {}, element("h3", {}, words.files), this.#drop,
        element("div", { class: "line" }, this.#said, this.#progress, this.#stop, this.#again), this.#refused),
      this.#preview.element, this.#drawer.element,
      element("footer", {}, this.#count, this.#use));
    this.#listen();
    this.#dialog.showModal();
    void this.#showKept();
    this.#showState();
    if (basket.sources.length) this.#read();
  }

  #listen() {
    for (const input of [this.#files, this.#folder]) {
      input.addEventListener("change", () => {
        const sources = chosenSources(/** @type {FileList} */ (input.files));
        const isEmpty = input === this.#folder && !sources.length;
        input.value = ""; // the same may be chosen again
        this.#add(sources, isEmpty ? words.emptyFolder : words.nothing);
      });
    }
    this.#stop.addEventListener("click", () => this.#reading?.stop());
    this.#again.addEventListener("click", () => this.#empty());
    this.#use.addEventListener("click", () => void this.#choose());
    // The page behind takes pictures too: for its pad.
    const own = (/** @type {Event} */ event) => {
      event.preventDefault();
      event.stopPropagation();
    };
    this.#dialog.addEventListener("dragover", (event) => {
      own(event);
      this.#drop.classList.add("is-over");
    });
    this.#dialog.addEventListener("dragleave", ({ relatedTarget }) => !relatedTarget && this.#drop.classList.remove("is-over"));
    this.#dialog.addEventListener("drop", (event) => {
      own(event);
      this.#drop.classList.remove("is-over");
      if (event.dataTransfer) void this.#takeDrop(event.dataTransfer);
    });
    this.#dialog.addEventListener("paste", (event) => {
      event.stopPropagation();
      if (event.clipboardData?.files.length) this.#add(chosenSources(event.clipboardData.files), words.nothing);
    });
    this.#dialog.addEventListener("close", () => {
      this.#isOpen = false;
      this.#reading?.end();
      this.#dialog.remove();
    });
  }

  /** @param {DataTransfer} dropped */
  async #takeDrop(dropped) {
    const hasItems = dropped.items.length > 0;
    try {
      const sources = await droppedSources(dropped, (count) => { this.#said.textContent = words.walking(count); });
      this.#add(sources, hasItems ? words.emptyFolder : words.nothing);
    } catch (error) {
      this.#desk.fail(error);
    }
  }

  /**
   * @param {Source[]} sources
   * @param {string} otherwise  what is said where there are none
   */
  #add(sources, otherwise) {
    if (!this.#isOpen) return;
    if (!sources.length) {
      this.#said.textContent = otherwise;
      return;
    }
    basket.sources.push(...sources);
    if (basket.sources.length !== 1) basket.choice.way.tile = undefined;
    this.#read();
  }

  #empty() {
    basket.sources.length = 0;
    basket.choice.way.tile = undefined;
    this.#reading?.end();
    this.#reading = undefined;
    this.#preview.show({ images: new Uint8Array(0), labels: [], ink: "light" }, 0, 0);
    this.#showState();
    this.#drop.querySelector("button")?.focus();
  }

  /** Reads everything from the start: what a picture becomes depends on how it is read. */
  #read() {
    this.#reading?.end();
    const reading = this.#reading = new Reading(basket.sources, { ...basket.choice.way }, chooseTier(this.#desk.view.tier), {
      onTold: () => this.#showState(),
      onPreview: (preview) => this.#preview.show(preview, reading.told.images, this.#desk.tints.ink),
      onFailed: (error) => {
        this.#said.textContent = error.message;
        this.#desk.fail(error);
      },
    });
    this.#lookedAt = performance.now();
    this.#showState();
  }

  #look() {
    this.#lookedAt = performance.now();
    this.#reading?.look(SHOWN, basket.choice.ink);
  }

  #showState() {
    const told = this.#reading?.told;
    const isReading = Boolean(told && !told.isOver);
    this.#dialog.toggleAttribute("data-reading", isReading);
    this.#said.textContent = !told ? "" : isReading ? words.reading(told.images, told.bytes, told.allBytes)
      : (told.images ? words.read(told.images, told.files) : words.readNone) + (told.blank ? words.blank(told.blank) : "") + (told.isFull ? words.full : "");
    this.#progress.hidden = this.#stop.hidden = !isReading;
    this.#again.hidden = !told || isReading;
    if (told) {
      [this.#progress.max, this.#progress.value] = [Math.max(1, told.allBytes), told.bytes];
      this.#preview.showChoice(told);
      this.#showRefused(told);
      if (told.images && (told.isOver || performance.now() - this.#lookedAt > LOOK_MS)) this.#look();
    }
    this.#refused.hidden = !told?.refusedCount;
    this.#preview.element.hidden = !told?.images && !(told?.isOver && told.refusedCount);
    this.#showCount(told?.images ?? 0, isReading);
  }

  /**
   * @param {number} read
   * @param {boolean} isReading
   */
  #showCount(read, isReading) {
    const count = read + basket.drawings.length;
    const held = Math.ceil(count / Math.max(10, Math.ceil(count / 1000)));
    const text = count < LEAST ? words.few(count, LEAST) : words.enough(count - held, held);
    if (this.#count.textContent !== text) this.#count.textContent = text;
    this.#use.disabled = isReading || count < LEAST;
  }

  /** @param {import("./own-data/reading.js").Told} told */
  #showRefused({ refused, refusedCount }) {
    if (refusedCount === this.#shownRefused) return; // the list may be open, or scrolled
    this.#shownRefused = refusedCount;
    const list = element("ul", { tabindex: 0, "aria-label": words.refused(refusedCount) }, ...refused.map(({ path, reason }) => element("li", {}, element("b", {}, path), ` \u2013 ${reason}`)));
    if (refusedCount > refused.length) list.append(element("li", {}, words.moreRefused(refusedCount - refused.length)));
    this.#refused.replaceChildren(element("summary", {}, words.refused(refusedCount)), list);
    if (refusedCount < 10) this.#refused.open = true;
  }

  #openDrawer() {
    this.#drawer.element.hidden = false;
    this.#drawer.focus();
  }

  async #showKept() {
    const kept = await findOwn();
    this.#kept.hidden = !kept;
    if (!kept) return;
    const use = element("button", { type: "button", id: "own-use-kept" }, words.useKept);
    const forget = element("button", { type: "button", class: "quiet", id: "own-forget" }, words.forget);
    use.addEventListener("click", () => this.#done());
    forget.addEventListener("click", async () => {
      await forgetOwn();
      this.#kept.replaceChildren(element("p", { role: "status" }, words.forgotten));
    });
    this.#kept.replaceChildren(element("p", {}, words.kept(kept.title)), use, forget);
  }

  /** Divides what is there and keeps it. */
  async #choose() {
    const { drawings, sources, choice } = basket;
    const images = new Uint8Array(drawings.length * P);
    drawings.forEach(({ pixels }, i) => images.set(pixels, i * P));
    this.#use.disabled = true;
    this.#count.textContent = words.working;
    try {
      if (!this.#reading) this.#read(); // drawings alone are divided by the same worker
      const divided = await this.#desk.counted(/** @type {Reading} */ (this.#reading).divide(choice.ink, { images, labels: drawings.map(({ label }) => label) }));
      const name = sources.length === 0 ? words.drawings : sources.length === 1 ? sources[0].path : sources[0].path.split("/").slice(0, -1)[0] ?? "";
      const isKept = await keepOwn({ ...divided, title: words.ownTitle(name, divided.count), isMnist: false });
      if (!isKept) this.#desk.fail(new Error(words.notKept));
      this.#done();
    } catch (error) {
      this.#desk.fail(error);
      this.#showState();
    }
  }

  #done() {
    this.#dialog.close();
    this.#onChosen("own");
  }
}
