// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./brush.zh.js") : await import("./brush.en.js");
