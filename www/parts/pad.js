// @ts-check
import { extend, GRID } from "../drawing.js";
import { paletteAt } from "../palette.js";
import { Sheet } from "./sheet.js";

/** @typedef {import("../types.js").Drawing} Drawing */
/** @typedef {import("../types.js").Stroke} Stroke */

/** Width of the pen as a part of the pad's side: 18 px on a pad of 280. It never depends on speed. */
const PEN = 18 / 280;
/** How far an arrow key moves the pen, as a part of the side; with Shift a quarter of it. */
const KEY_STEP = 1 / 35;

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * The paper that a person draws on, with mouse, finger, pen or arrow keys. Strokes are kept as points; the canvas only
 * shows them.
 */
export class Pad {
  /** Width of the pen, as a part of the side. */
  penWidth = PEN;
  #canvas;
  #callbacks;
  #sheet;
  /** @type {Drawing} */
  #drawing = { strokes: [] };
  /** @type {Stroke | undefined} the stroke under the pen */
  #stroke;
  /** @type {[number, number] | undefined} where the pen is now, beyond the last point that was kept */
  #tip;
  /** @type {number | undefined} */
  #pointer;
  /** The pen of the arrow keys. */
  #pen = { x: 0.5, y: 0.3, isVisible: false };
  #frame = 0;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {object} callbacks
   * @param {string} callbacks.hint  stands on the pad while it is empty
   * @param {() => void} callbacks.onBegin  before a stroke: the time to remember what was there and to clear an example
   * @param {(strokes: Stroke[], time: number) => void} callbacks.onInk  a stroke grew, because of an event at `time`
   * @param {(strokes: Stroke[]) => void} callbacks.onEnd
   * @param {(isDown: boolean, x: number, y: number) => void} callbacks.onPen  the pen of the arrow keys moved; 0…1
   */
  constructor(canvas, callbacks) {
    this.#canvas = canvas;
    this.#callbacks = callbacks;
    this.#sheet = new Sheet(canvas, () => this.#paint());
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    // Raw updates come as the hand moves, a frame's wait earlier than pointermove, where the browser has them.
    const move = "onpointerrawupdate" in window ? "pointerrawupdate" : "pointermove";
    canvas.addEventListener(move, (event) => this.#move(/** @type {PointerEvent} */ (event)));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
      canvas.addEventListener(end, (event) => this.#up(event));
    }
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => this.#hidePen());
    canvas.addEventListener("contextmenu", (event) => this.#pointer !== undefined && event.preventDefault());
  }

  /** @param {Drawing} drawing */
  show(drawing) {
    this.#drawing = drawing;
    this.#schedule();
  }

  /** Draws again, in the colours of the theme that holds now. */
  repaint() {
    this.#schedule();
  }

  /** @param {string} text  what is on the pad, for those who do not see it */
  describe(text) {
    this.#canvas.setAttribute("aria-label", text);
  }

  /** @returns {Stroke[]} with the one under the pen */
  get #strokes() {
    return this.#stroke ? [...this.#drawing.strokes, this.#stroke] : this.#drawing.strokes;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (this.#pointer !== undefined || event.button !== 0) return; // a second finger, or another button
    this.#finish(); // a stroke begun with the keys ends where the hand takes over
    this.#pointer = event.pointerId;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#pen.isVisible = false;
    this.#begin();
    this.#take([event], event.timeStamp);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    const points = event.getCoalescedEvents();
    this.#take(points.length ? points : [event], event.timeStamp);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = undefined;
    if (event.type === "pointerup") this.#take([event], event.timeStamp);
    this.#finish();
  }

  /**
   * @param {PointerEvent[]} events
   * @param {number} time
   */
  #take(events, time) {
    const box = this.#canvas.getBoundingClientRect();
    this.#grow(events.map((event) => [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]), time);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey || this.#pointer !== undefined) return;
    if (arrow) {
      const step = event.shiftKey ? KEY_STEP / 4 : KEY_STEP;
      this.#pen.x = Math.min(1, Math.max(0, this.#pen.x + arrow[0] * step));
      this.#pen.y = Math.min(1, Math.max(0, this.#pen.y + arrow[1] * step));
      if (this.#stroke) this.#grow([[this.#pen.x, this.#pen.y]], event.timeStamp);
    } else if ((event.key === " " || event.key === "Enter") && !event.repeat) {
      if (this.#stroke) this.#finish();
      else {
        this.#begin();
        this.#grow([[this.#pen.x, this.#pen.y]], event.timeStamp);
      }
    } else if (event.key === "Escape") this.#finish();
    else return;
    event.preventDefault();
    this.#pen.isVisible = true;
    this.#schedule();
    this.#callbacks.onPen(Boolean(this.#stroke), this.#pen.x, this.#pen.y);
  }

  #hidePen() {
    if (this.#pointer === undefined) this.#finish();
    this.#pen.isVisible = false;
    this.#schedule();
  }

  #begin() {
    this.#callbacks.onBegin();
    this.#stroke = [];
  }

  /**
   * @param {number[][]} points  0…1
   * @param {number} time
   */
  #grow(points, time) {
    const stroke = this.#stroke;
    if (!stroke) return;
    let hasGrown = false;
    for (const [x, y] of points) hasGrown = extend(stroke, x, y) || hasGrown;
    const [x, y] = points[points.length - 1];
    this.#tip = [Math.min(1, Math.max(0, x)), Math.min(1, Math.max(0, y))];
    this.#schedule();
    if (hasGrown) this.#callbacks.onInk(this.#strokes, time);
  }

  #finish() {
    if (!this.#stroke) return;
    if (this.#tip) extend(this.#stroke, ...this.#tip, 1); // the very end, however near
    const strokes = this.#strokes;
    this.#stroke = undefined;
    this.#tip = undefined;
    this.#drawing = { strokes };
    this.#schedule();
    this.#callbacks.onEnd(strokes);
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { ctx, width: side } = this.#sheet;
    const palette = paletteAt(this.#canvas);
    this.#sheet.wipe();
    if (this.#drawing.pixels) this.#paintPicture(palette.ink);
    else if (!this.#strokes.length) this.#paintHint(palette.muted);
    Object.assign(ctx, { lineCap: "round", lineJoin: "round", lineWidth: this.penWidth * side, strokeStyle: palette.ink });
    for (const stroke of this.#drawing.strokes) paintStroke(ctx, stroke, side);
    if (this.#stroke) paintStroke(ctx, this.#stroke, side, this.#tip);
    if (this.#pen.isVisible) this.#paintPen(palette);
  }

  /** @param {string} colour */
  #paintHint(colour) {
    const { ctx, width: side } = this.#sheet;
    const { fontFamily } = getComputedStyle(this.#canvas);
    Object.assign(ctx, { fillStyle: colour, font: `italic 16px ${fontFamily}`, textAlign: "center", textBaseline: "middle" });
    ctx.fillText(this.#callbacks.hint, side / 2, side / 2);
  }

  /** @param {import("../palette.js").Palette} palette */
  #paintPen({ ink, sheet }) {
    const { ctx, width: side } = this.#sheet;
    ctx.beginPath();
    ctx.arc(this.#pen.x * side, this.#pen.y * side, (this.penWidth * side) / 2 + 3, 0, 2 * Math.PI);
    Object.assign(ctx, { lineWidth: 2, strokeStyle: ink, fillStyle: this.#stroke ? ink : sheet });
    ctx.globalAlpha = this.#stroke ? 1 : 0.85;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.stroke();
  }

  /**
   * The picture itself while this tab has it, otherwise the 28x28 that a link carried.
   * @param {string} ink
   */
  #paintPicture(ink) {
    const { ctx, width: side } = this.#sheet;
    const { picture, pixels } = this.#drawing;
    if (picture) {
      const scale = Math.min(side / picture.width, side / picture.height);
      const [width, height] = [picture.width * scale, picture.height * scale];
      ctx.drawImage(picture, (side - width) / 2, (side - height) / 2, width, height);
      return;
    }
    ctx.fillStyle = ink;
    pixels?.forEach((value, i) => {
      ctx.globalAlpha = value / 255;
      ctx.fillRect(((i % 28) * side) / 28, (Math.floor(i / 28) * side) / 28, side / 28, side / 28);
    });
    ctx.globalAlpha = 1;
  }
}

/**
 * A curve through the middles of the stretches between points, so that it has no corners a hand did not make.
 * @param {CanvasRenderingContext2D} ctx
 * @param {Stroke} stroke
 * @param {number} side
 * @param {[number, number]} [tip]  0…1
 */
function paintStroke(ctx, stroke, side, tip) {
  const scale = side / (GRID - 1);
  const points = tip ? [...stroke, tip[0] * (GRID - 1), tip[1] * (GRID - 1)] : stroke;
  const last = points.length - 2;
  ctx.beginPath();
  ctx.moveTo(points[0] * scale, points[1] * scale);
  for (let i = 2; i < last; i += 2) {
    const [x, y] = [points[i], points[i + 1]];
    ctx.quadraticCurveTo(x * scale, y * scale, ((x + points[i + 2]) / 2) * scale, ((y + points[i + 3]) / 2) * scale);
  }
  ctx.lineTo(points[last] * scale + 0.01, points[last + 1] * scale); // a line of no length at all would not be a dot
  ctx.stroke();
}
