// @ts-check
/** @typedef {[number, number]} Point  px from the upper left corner of the plane */
/** @typedef {"choose" | "home" | "nearest" | "in" | "out" | "whole"} Command */

/**
 * @typedef {object} Callbacks
 * @property {(at: Point, time: number, isHover: boolean) => void} onPoint  the hand is at another place
 * @property {() => void} onLeave  it has gone, and chose nothing
 * @property {(at: Point, reach: number | undefined) => void} onChoose  it let go here; `reach` px around it are meant, where it only tapped
 * @property {(at: Point) => [number, number]} zAt  what to hold the plane by
 * @property {() => number} zoom
 * @property {(z: [number, number], at: Point, zoom: number, time: number) => void} onHold  this z shall be here, so much magnified
 * @property {() => void} onRelease  the plane was let go
 * @property {(across: number, up: number) => void} onStep  z shall move by so many px
 * @property {(across: number, up: number) => void} onSlide  the plane shall move by so many px
 * @property {(command: Command) => void} onCommand
 */

/** A hand that moves no farther than this tapped. px */
const TAP = 4;
/** Which points a tap means: those no farther than this. px */
const REACH = { mouse: 7, touch: 18 };
const STEP = { fine: 4, coarse: 28 };
const WHEEL = { line: 33, perPx: 0.0015, perPinchPx: 0.01 };

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** @type {Record<string, Command>} */
const KEYS = { Enter: "choose", Home: "home", n: "nearest", N: "nearest", "+": "in", "=": "in", "-": "out", _: "out", 0: "whole" };

/**
 * What hands and keys do on the plane: one finger, or the mouse, moves z; two fingers, the middle button, Space and drag,
 * or any drag in the panning mode hold the plane itself.
 */
export class Gestures {
  /** A drag moves the plane instead of z. */
  isPanning = false;
  #canvas;
  #callbacks;
  /** @type {Map<number, Point>} the pointers that are down */
  #pointers = new Map();
  /** @type {{ z: [number, number], apart: number, zoom: number } | undefined} the plane is held by this */
  #held;
  /** @type {Point | undefined} where z was taken */
  #began;
  #isSpaceDown = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {Callbacks} callbacks
   */
  constructor(canvas, callbacks) {
    this.#canvas = canvas;
    this.#callbacks = callbacks;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    // Raw updates come as the hand moves, a frame's wait earlier than pointermove, where the browser has them.
    const move = "onpointerrawupdate" in window ? "pointerrawupdate" : "pointermove";
    canvas.addEventListener(move, (event) => this.#move(/** @type {PointerEvent} */ (event)));
    for (const end of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
      canvas.addEventListener(end, (event) => this.#up(event));
    }
    canvas.addEventListener("pointerleave", () => this.#pointers.size || callbacks.onLeave());
    canvas.addEventListener("mousedown", (event) => event.button === 1 && event.preventDefault()); // or the page would scroll by itself
    canvas.addEventListener("contextmenu", (event) => this.#pointers.size && event.preventDefault());
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("keyup", ({ key }) => key === " " && this.#space(false));
    canvas.addEventListener("blur", () => this.#space(false));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const isMiddle = event.button === 1;
    if ((event.button !== 0 && !isMiddle) || this.#pointers.size > 1) return;
    this.#canvas.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    this.#pointers.set(event.pointerId, at);
    if (this.#pointers.size === 2 || isMiddle || this.isPanning || this.#isSpaceDown) {
      if (this.#began) this.#callbacks.onLeave(); // the first finger meant the plane, not z
      this.#began = undefined;
      this.#hold();
    } else {
      this.#began = at;
      this.#callbacks.onPoint(at, event.timeStamp, false);
    }
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#at(event);
    if (!this.#pointers.size) {
      if (event.pointerType !== "touch" && !this.#isSpaceDown && !this.isPanning) this.#callbacks.onPoint(at, event.timeStamp, true);
      return;
    }
    if (!this.#pointers.has(event.pointerId)) return;
    this.#pointers.set(event.pointerId, at);
    if (this.#held) {
      const { middle, apart } = this.#grip();
      const zoom = this.#held.apart ? (this.#held.zoom * apart) / this.#held.apart : this.#held.zoom;
      this.#callbacks.onHold(this.#held.z, middle, zoom, event.timeStamp);
    } else if (this.#began) this.#callbacks.onPoint(at, event.timeStamp, false);
  }

  /** @param {PointerEvent} event */
  #up(event) {
    if (!this.#pointers.has(event.pointerId)) return;
    const at = event.type === "pointerup" ? this.#at(event) : this.#pointers.get(event.pointerId);
    this.#pointers.delete(event.pointerId);
    if (this.#held) {
      this.#held = undefined;
      if (this.#pointers.size) this.#hold(); // the finger that stays goes on holding
      else this.#callbacks.onRelease();
      return;
    }
    const began = this.#began;
    this.#began = undefined;
    if (!began || !at || event.type === "pointercancel") this.#callbacks.onLeave();
    else {
      const isTap = Math.hypot(at[0] - began[0], at[1] - began[1]) <= TAP;
      this.#callbacks.onChoose(at, isTap ? REACH[event.pointerType === "touch" ? "touch" : "mouse"] : undefined);
    }
  }

  #hold() {
    const { middle, apart } = this.#grip();
    this.#held = { z: this.#callbacks.zAt(middle), apart, zoom: this.#callbacks.zoom() };
  }

  /** Where the pointers are, taken together. @returns {{ middle: Point, apart: number }} */
  #grip() {
    const [a, b = a] = [...this.#pointers.values()];
    return { middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], apart: Math.hypot(a[0] - b[0], a[1] - b[1]) };
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const px = event.deltaY * (event.deltaMode ? WHEEL.line : 1);
    const at = this.#at(event);
    const times = Math.exp(-px * (event.ctrlKey ? WHEEL.perPinchPx : WHEEL.perPx)); // two fingers on a trackpad come with Ctrl
    this.#callbacks.onHold(this.#callbacks.zAt(at), at, this.#callbacks.zoom() * times, event.timeStamp);
    this.#callbacks.onRelease();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { key, altKey, shiftKey, ctrlKey, metaKey } = event;
    if (ctrlKey || metaKey) return;
    const arrow = ARROWS[key];
    if (arrow) {
      const px = shiftKey ? STEP.coarse : STEP.fine;
      if (altKey) this.#callbacks.onSlide(-arrow[0] * STEP.coarse * 2, -arrow[1] * STEP.coarse * 2);
      else this.#callbacks.onStep(arrow[0] * px, arrow[1] * px);
    } else if (altKey) return;
    else if (key === " ") this.#space(true);
    else if (KEYS[key]) this.#callbacks.onCommand(KEYS[key]);
    else return;
    event.preventDefault();
  }

  /** @param {boolean} isDown */
  #space(isDown) {
    this.#isSpaceDown = isDown;
    this.#canvas.classList.toggle("is-held", isDown);
  }

  /** @param {MouseEvent} event @returns {Point} */
  #at({ clientX, clientY }) {
    const { left, top } = this.#canvas.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }
}
