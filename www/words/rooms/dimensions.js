// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./dimensions.zh.js") : await import("./dimensions.en.js");
