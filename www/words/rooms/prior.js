// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./prior.zh.js") : await import("./prior.en.js");
