// @ts-check
/** Whether the page is in Chinese: language.js has settled that before any module runs. English where there is no page. */
export const isChinese = globalThis.document?.documentElement.lang.startsWith("zh") ?? false;
