// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./blend.zh.js") : await import("./blend.en.js");
