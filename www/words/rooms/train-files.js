// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./train-files.zh.js") : await import("./train-files.en.js");
