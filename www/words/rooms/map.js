// @ts-check
import { isChinese } from "../language.js";

export const { words } = isChinese ? await import("./map.zh.js") : await import("./map.en.js");
