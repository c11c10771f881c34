// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./story.zh.js") : await import("./story.en.js");
