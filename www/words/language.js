// @ts-check
/**
 * Whether words are said in Chinese: language.js has settled that before any module runs. A worker that says words has the
 * page's `lang` as its name; anywhere else it is English.
 */
export const isChinese = (globalThis.document?.documentElement.lang ?? /** @type {any} */ (globalThis).name ?? "").startsWith("zh");
