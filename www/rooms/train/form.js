// @ts-check
/** The settings as controls: each with its unit and one sentence, a few in sight and the rest behind "More settings". */

import { words } from "../../words/rooms/train.js";
import { element } from "../dom.js";
import { changedFromPreset, KINDS, NAMES, PRESETS, readSettings, valueOf, writePreset } from "./settings.js";

/** @typedef {import("./settings.js").Name} Name */
/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("../../types.js").Desk} Desk */

/** Always in sight. */
const FIRST = /** @type {readonly Name[]} */ (["data", "rate", "beta"]);
/** The learning rates that a slider is for, as powers of ten; a link may have others. */
const POWERS = { least: -5, most: -1, step: 0.05 };
/** The β that a slider is for, unless a preset or a link has a larger one. */
const MOST_BETA = 10;

export class Form {
  #desk;
  #preset = element("select", { id: "train-preset" }, ...Object.keys(PRESETS).map((name) => new Option(words.presets[/** @type {keyof typeof words.presets} */ (name)], name)));
  #back = element("button", { type: "button", id: "train-preset-back", class: "quiet" });
  #own = element("button", { type: "button", id: "train-own", class: "quiet" }, words.own);
  #changed = element("span", { class: "train-changed", id: "train-changed" });
  /** @type {Partial<Record<Name, HTMLInputElement | HTMLSelectElement>>} */
  #controls = {};
  #rate = slider("rate", POWERS.least, POWERS.most, POWERS.step);
  #beta = slider("beta", 0, MOST_BETA, 0.1);

  /**
   * @param {Desk} desk
   * @param {() => void} onOwn  a person wants to choose images of their own
   */
  constructor(desk, onOwn) {
    this.#desk = desk;
    this.#preset.addEventListener("change", () => desk.set(writePreset(this.#preset.value)));
    this.#back.addEventListener("click", () => desk.set(writePreset(this.#preset.value)));
    this.#own.addEventListener("click", onOwn);
    this.#slide(this.#rate.input, (value) => ({ rate: String(Number((10 ** Number(value)).toPrecision(2))) }));
    this.#slide(this.#beta.input, (beta) => ({ beta }));
  }

  /** What is always in sight. */
  get first() {
    return [
      element("div", { class: "buttons train-choices" },
        element("label", { class: "field", for: "train-preset" }, words.preset, " ", this.#preset), this.#back,
        element("label", { class: "field", for: "train-data" }, words.settings.data.label, " ", this.#control("data")), this.#own),
      element("div", { class: "train-settings" },
        cell("rate", this.#rate.input, this.#rate.output), cell("beta", this.#beta.input, this.#beta.output)),
    ];
  }

  get more() {
    const rest = NAMES.filter((name) => !FIRST.includes(name));
    const group = (/** @type {string} */ title, /** @type {string[]} */ acts) => [
      element("h3", {}, title),
      element("div", { class: "train-settings" }, ...rest.filter((name) => acts.includes(KINDS[name].acts)).map((name) => cell(name, this.#control(name)))),
    ];
    return element("details", { class: "train-more", id: "train-more" },
      element("summary", {}, words.more, " ", this.#changed),
      ...group(words.atOnce, ["at once", "page"]), ...group(words.withNewRun, ["new run"]));
  }

  /** @param {Settings} settings */
  show(settings) {
    const { preset, rate, beta } = settings;
    const changed = changedFromPreset(settings);
    this.#preset.value = preset;
    this.#back.hidden = !changed.length;
    this.#back.textContent = words.backToPreset(changed.length);
    const unseen = changed.filter((name) => !FIRST.includes(name)).length;
    this.#changed.textContent = unseen ? words.changed(unseen) : "";
    this.#rate.input.value = String(Math.log10(rate));
    this.#rate.output.textContent = rate.toPrecision(2);
    this.#rate.input.setAttribute("aria-valuetext", rate.toPrecision(2));
    this.#beta.input.disabled = Number.isNaN(beta);
    this.#beta.input.max = String(Math.max(MOST_BETA, beta || 0, Number(PRESETS[preset].beta ?? 0)));
    this.#beta.input.value = String(beta || 0);
    this.#beta.output.textContent = Number.isNaN(beta) ? "\u2013" : String(beta);
    for (const [name, control] of /** @type {[Name, HTMLInputElement | HTMLSelectElement][]} */ (Object.entries(this.#controls))) {
      if (control === document.activeElement && control.hasAttribute("aria-invalid")) continue; // still being typed
      control.removeAttribute("aria-invalid");
      control.value = String(settings[name]);
    }
    for (const name of /** @type {const} */ (["klWarmUp", "freeBits"])) {
      const control = this.#controls[name];
      if (control) control.disabled = settings.kind === "plain"; // it has no KL
    }
  }

  /** @param {Name} name */
  #control(name) {
    const { choices } = KINDS[name];
    const control = choices ? selectOf(name, choices) : fieldOf(name);
    control.addEventListener("change", () => {
      const value = valueOf(name, control.value);
      control.toggleAttribute("aria-invalid", value === undefined);
      if (value !== undefined) this.#set(name, String(value));
    });
    this.#controls[name] = control;
    return control;
  }

  /**
   * In the link stands what is not the preset's.
   * @param {Name} name
   * @param {string} text
   */
  #set(name, text) {
    const { [`train.${name}`]: _, ...others } = this.#desk.view.own;
    this.#desk.set({ [name]: String(readSettings(others)[name]) === text ? undefined : text });
  }

  /**
   * @param {HTMLInputElement} input
   * @param {(value: string) => Record<string, string>} settingOf
   */
  #slide(input, settingOf) {
    input.addEventListener("input", () => this.#desk.set(settingOf(input.value), true));
    input.addEventListener("change", () => this.#desk.set(settingOf(input.value)));
  }
}

/** @param {Name} name */
const idOf = (name) => `train-${name}`;

/**
 * @param {Name} name
 * @param {number} min
 * @param {number} max
 * @param {number} step
 */
function slider(name, min, max, step) {
  const input = element("input", { type: "range", id: idOf(name), min, max, step, "aria-describedby": `${idOf(name)}-meaning` });
  return { input, output: element("output", { for: idOf(name) }) };
}

/** @param {Name} name */
function fieldOf(name) {
  const isWhole = KINDS[name].isWhole ?? false;
  return element("input", {
    type: "text", id: idOf(name), inputmode: isWhole ? "numeric" : "decimal", autocomplete: "off", maxlength: 12, "aria-describedby": `${idOf(name)}-meaning`,
  });
}

/**
 * @param {Name} name
 * @param {(string | number)[]} choices
 */
function selectOf(name, choices) {
  const texts = /** @type {Record<string, string>} */ (/** @type {{ choices?: object }} */ (words.settings[name]).choices ?? {});
  const described = !FIRST.includes(name) && `${idOf(name)}-meaning`;
  return element("select", { id: idOf(name), "aria-describedby": described }, ...choices.map((value) => new Option(texts[value] ?? String(value), String(value))));
}

/**
 * @param {Name} name
 * @param {...HTMLElement} control
 */
function cell(name, ...control) {
  const { label, unit, meaning } = /** @type {{ label: string, unit?: string, meaning: string }} */ (words.settings[name]);
  return element("div", { class: "train-setting" },
    element("div", { class: "field" }, element("label", { for: idOf(name) }, label), ...control, ...(unit ? [element("span", {}, unit)] : [])),
    element("p", { class: "train-meaning", id: `${idOf(name)}-meaning` }, meaning));
}
