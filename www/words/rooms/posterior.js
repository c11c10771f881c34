// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./posterior.zh.js") : await import("./posterior.en.js");
