// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./train-data.zh.js") : await import("./train-data.en.js");
