// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./article.zh.js") : await import("./article.en.js");
