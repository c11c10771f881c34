// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./hand.zh.js") : await import("./hand.en.js");
