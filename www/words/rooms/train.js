// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./train.zh.js") : await import("./train.en.js");
