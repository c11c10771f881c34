// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./keep.zh.js") : await import("./keep.en.js");
