// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./codes.zh.js") : await import("./codes.en.js");
