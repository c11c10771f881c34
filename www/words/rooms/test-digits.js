// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./test-digits.zh.js") : await import("./test-digits.en.js");
