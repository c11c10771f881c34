// @ts-check
/** Pictures that a person drops, pastes or chooses; the first of them that is a picture counts. */
export class PictureDrop {
  /**
   * @param {HTMLElement} area  where pictures may be dropped or pasted
   * @param {HTMLElement} button
   * @param {HTMLInputElement} chooser
   * @param {{ onFile: (file: File) => void }} callbacks
   */
  constructor(area, button, chooser, { onFile }) {
    const take = (/** @type {FileList | undefined | null} */ files) => {
      const file = [...(files ?? [])].find(({ type }) => type.startsWith("image/")) ?? files?.[0];
      if (file) onFile(file);
    };
    area.addEventListener("dragover", (event) => {
      event.preventDefault();
      area.classList.add("is-target");
    });
    area.addEventListener("dragleave", (event) => !event.relatedTarget && area.classList.remove("is-target"));
    area.addEventListener("drop", (event) => {
      event.preventDefault();
      area.classList.remove("is-target");
      take(event.dataTransfer?.files);
    });
    area.addEventListener("paste", (event) => take(event.clipboardData?.files));
    button.addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      take(chooser.files);
      chooser.value = ""; // the same file may be chosen again
    });
  }
}
