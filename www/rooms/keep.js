// @ts-check
/** What a person takes along: a picture as PNG, the drawing as a file, a link to the view, and what a lesson needs of it. */

import { inLanguage, inLesson } from "../address.js";
import { paletteAt } from "../palette.js";
import { styled } from "../rooms.js";
import { words } from "../words/rooms/keep.js";
import { element } from "./dom.js";
import { download } from "./download.js";
import { writeDrawing } from "./drawing-file.js";
import { panel } from "./panel.js";

/** @typedef {import("../types.js").Drawing} Drawing */
/** @typedef {import("../types.js").Shown} Shown */
/** @typedef {{ shown: Shown[], drawing: Drawing, link: string }} Kept */

const TIMES = [1, 2, 4, 8, 16];
const USUAL_TIMES = 8;
/** iOS makes no larger canvas. */
const MOST_PIXELS = 4096 * 4096;
/** Side of the preview at most, CSS px; it shows whole multiples where it can. */
const PREVIEW = 196;
/** Height of an embedded room, CSS px: a scene of the story at 960 px of width. */
const EMBEDDED = 680;
/** Longer links are cut off by some programs. */
const MOST_CHARACTERS = 2048;

/** @param {Kept} kept */
export async function openKeep({ shown, drawing, link }) {
  await Promise.all([styled("panel"), styled("keep")]);
  const said = element("p", { class: "said", role: "status" });
  const say = (/** @type {string} */ text) => { said.textContent = text; };
  const dialog = panel("keep-panel", words.title, words.close,
    pictureSection(shown, say), drawingSection(drawing, say), linkSection(link, say), lessonSection(link, say), said);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

/**
 * @param {Shown[]} shown
 * @param {(text: string) => void} say
 */
function pictureSection(shown, say) {
  const save = element("button", { type: "button", id: "keep-png" }, words.savePicture);
  if (!shown.length) return section(words.picture, element("p", { class: "about" }, words.noPicture));
  const which = element("select", { id: "keep-which" }, ...shown.map(({ name }, i) => element("option", { value: i }, words.names[name] ?? name)));
  const sizes = TIMES.map((times) => radio("keep-size", String(times), words.times(times), times === USUAL_TIMES));
  const grounds = [radio("keep-ground", "sheet", words.sheet, true), radio("keep-ground", "none", words.transparent, false)];
  const preview = element("canvas", { class: "preview", id: "keep-preview", role: "img" });
  const about = element("output", { class: "about" });
  const chosen = () => shown[Number(which.value)];
  const times = () => Number(chosenOf(sizes));
  const ground = () => (chosenOf(grounds) === "sheet" ? paletteAt(document.body).sheet : undefined);

  function show() {
    const [one, [width, height]] = [chosen(), sizeOf(chosen())];
    for (const { input } of sizes) input.disabled = width * height * Number(input.value) ** 2 > MOST_PIXELS;
    if (sizes.some(({ input }) => input.checked && input.disabled)) {
      for (const { input } of sizes) if (!input.disabled) input.checked = true; // the last of a group is the one
    }
    about.textContent = words.pixels(width * times(), height * times());
    for (const { label, input } of sizes) label.title = input.disabled ? words.tooLarge : "";
    compose(preview, one, 1, ground());
    const fit = PREVIEW / Math.max(width, height);
    const scale = fit >= 1 ? Math.floor(fit) : fit;
    preview.style.width = `${Math.round(width * scale)}px`;
    preview.style.height = `${Math.round(height * scale)}px`;
    preview.classList.toggle("is-transparent", !ground());
    preview.setAttribute("aria-label", words.preview(words.names[one.name] ?? one.name, one.pictures.length));
  }

  for (const input of [which, ...[...sizes, ...grounds].map((one) => one.input)]) input.addEventListener("change", show);
  save.addEventListener("click", async () => {
    const canvas = document.createElement("canvas");
    compose(canvas, chosen(), times(), ground());
    const blob = await new Promise((resolve) => canvas.toBlob(resolve));
    if (blob) say(words.saved(download(blob, `latent-ink-${chosen().name}-x${times()}.png`)));
    else say(words.tooLarge);
  });
  show();
  return section(words.picture,
    element("div", { class: "picture-of" },
      element("div", { class: "frame" }, preview),
      element("div", { class: "choices" },
        element("label", { class: "field", for: "keep-which" }, words.which, " ", which),
        group(words.size, sizes), group(words.ground, grounds),
        about, save)));
}

/**
 * @param {Drawing} drawing
 * @param {(text: string) => void} say
 */
function drawingSection(drawing, say) {
  const text = writeDrawing(drawing);
  const points = drawing.strokes.reduce((sum, { length }) => sum + length / 2, 0);
  const isNothing = !points && !drawing.pixels;
  const save = element("button", { type: "button", id: "keep-json", disabled: isNothing }, words.saveDrawing);
  save.addEventListener("click", () => say(words.saved(download(new Blob([text], { type: "application/json" }), "latent-ink-drawing.json"))));
  const about = isNothing ? words.noDrawing : drawing.pixels ? words.image(text.length) : words.strokes(drawing.strokes.length, points, text.length);
  return section(words.drawing, element("p", { class: "about" }, about), save);
}

/**
 * @param {string} link
 * @param {(text: string) => void} say
 */
function linkSection(link, say) {
  const field = element("input", { type: "text", id: "keep-link", readonly: true, value: link, "aria-label": words.linkLabel, spellcheck: "false" });
  const about = link.length > MOST_CHARACTERS ? words.tooLong(link.length) : words.length(link.length);
  return section(words.link, element("div", { class: "line" }, field, copyButton("keep-copy", words.copy, field, say)), element("p", { class: "about", id: "keep-length" }, about));
}

/**
 * For teachers: the view as a figure of their own page, and on a projector.
 * @param {string} link
 * @param {(text: string) => void} say
 */
function lessonSection(link, say) {
  const frame = element("iframe", { src: inLanguage(inLesson(link, "embed"), document.documentElement.lang.slice(0, 2)), title: words.embedTitle, width: "100%", height: EMBEDDED, loading: "lazy" });
  const field = element("input", { type: "text", id: "keep-embed", readonly: true, value: frame.outerHTML, "aria-label": words.embedLabel, spellcheck: "false" });
  const present = element("a", { id: "keep-present", href: inLesson(link, "present"), target: "_blank", rel: "noopener" }, words.present);
  return section(words.lesson, element("p", { class: "about" }, words.embed), element("div", { class: "line" }, field, copyButton("keep-embed-copy", words.copyEmbed, field, say)),
    element("p", { class: "about" }, present, " ", words.presentNote));
}

/**
 * @param {string} id
 * @param {string} title
 * @param {HTMLInputElement} field  whose text it copies
 * @param {(text: string) => void} say
 */
function copyButton(id, title, field, say) {
  const copy = element("button", { type: "button", id }, title);
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      say(words.copied);
    } catch {
      field.select();
      say(words.select);
    }
  });
  return copy;
}

/** @param {Shown} shown */
function sizeOf({ pictures, side, columns }) {
  const across = Math.min(columns, pictures.length);
  return [across * side, Math.ceil(pictures.length / columns) * side];
}

/**
 * Puts the pictures side by side, each pixel `times` wide and high.
 * @param {HTMLCanvasElement} canvas
 * @param {Shown} shown
 * @param {number} times
 * @param {string} [ground]  a colour under it all
 */
function compose(canvas, shown, times, ground) {
  const { pictures, side, columns } = shown;
  const [width, height] = sizeOf(shown);
  Object.assign(canvas, { width: width * times, height: height * times });
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const tile = document.createElement("canvas");
  Object.assign(tile, { width: side, height: side });
  const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  if (ground) {
    ctx.fillStyle = ground;
    ctx.fillRect(0, 0, canvas.width, canvas.height);
  }
  ctx.imageSmoothingEnabled = false;
  const edge = side * times;
  pictures.forEach((rgba, i) => {
    pen.putImageData(new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (rgba), side, side), 0, 0);
    ctx.drawImage(tile, (i % columns) * edge, Math.floor(i / columns) * edge, edge, edge);
  });
}

/**
 * @param {string} title
 * @param {...Node} children
 */
const section = (title, ...children) => element("section", {}, element("h3", {}, title), ...children);

/**
 * @param {string} name
 * @param {string} value
 * @param {string} text
 * @param {boolean} isChecked
 */
function radio(name, value, text, isChecked) {
  const input = element("input", { type: "radio", name, value, checked: isChecked });
  return { input, label: element("label", {}, input, element("span", {}, text)) };
}

/** @param {{ input: HTMLInputElement }[]} radios */
const chosenOf = (radios) => radios.find(({ input }) => input.checked)?.input.value;

/**
 * @param {string} title
 * @param {{ label: HTMLElement }[]} radios
 */
const group = (title, radios) => element("fieldset", {}, element("legend", {}, title), ...radios.map(({ label }) => label));
