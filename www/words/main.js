// @ts-check
import { isChinese } from "./language.js";

/** The catalogue of the page's language; the other one is never fetched. */
export const { words } = isChinese ? await import("./main.zh.js") : await import("./main.en.js");
