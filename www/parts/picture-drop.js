// @ts-check
/** A picture is brought to this size at most: 28 px are made of it in the end. */
const MAX_SIDE = 560;

/** Pictures and drawings that a person drops, pastes or chooses; of several files the first picture counts. */
export class PictureDrop {
  #callbacks;

  /**
   * @param {HTMLElement} area  where pictures may be dropped or pasted
   * @param {HTMLElement} button
   * @param {HTMLInputElement} chooser
   * @param {object} callbacks
   * @param {(picture: ImageBitmap, data: ImageData) => void} callbacks.onPicture  the picture and its pixels, made smaller
   * @param {(file: File) => void} callbacks.onDrawing  a file that says it is JSON
   * @param {(name: string) => void} callbacks.onRefused  a file that is neither
   */
  constructor(area, button, chooser, callbacks) {
    this.#callbacks = callbacks;
    area.addEventListener("dragover", (event) => {
      event.preventDefault();
      area.classList.add("is-target");
    });
    area.addEventListener("dragleave", (event) => !event.relatedTarget && area.classList.remove("is-target"));
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      area.classList.remove("is-target");
      void this.#take(event.dataTransfer?.files);
    });
    area.addEventListener("paste", (event) => void this.#take(event.clipboardData?.files));
    button.addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      void this.#take(chooser.files);
      chooser.value = ""; // the same file may be chosen again
    });
  }

  /** @param {FileList | undefined | null} files */
  async #take(files) {
    const file = [...(files ?? [])].find(({ type }) => type.startsWith("image/")) ?? files?.[0];
    if (!file) return;
    if (/json$/i.test(file.type) || /\.json$/i.test(file.name)) {
      this.#callbacks.onDrawing(file);
      return;
    }
    const picture = await createImageBitmap(file).catch(() => undefined);
    if (picture) this.#callbacks.onPicture(picture, pixelsOf(picture));
    else this.#callbacks.onRefused(file.name);
  }
}

/**
 * @param {ImageBitmap} picture
 * @returns {ImageData}
 */
function pixelsOf(picture) {
  const shrink = Math.min(1, MAX_SIDE / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * shrink)));
  const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (new OffscreenCanvas(width, height).getContext("2d"));
  ctx.drawImage(picture, 0, 0, width, height);
  return ctx.getImageData(0, 0, width, height);
}
