// @ts-check
import { fixed } from "../numbers.js";

/** @typedef {import("../../types.js").Verdict} Verdict */

/** Whole per cent, rounded down: nothing is read with 100. @param {Verdict} verdict */
const verdict = ({ digit, share }) => `${digit}（${Math.min(99, Math.floor(share * 100))}%）`;

const megabytes = (/** @type {number} */ bytes) => fixed(bytes / 1e6, 1);

/** Frames that are read alike, one after another. @param {Verdict[]} reads */
function runs(reads) {
  /** @type {{ digit: number, from: number, to: number }[]} */
  const all = [];
  reads.forEach(({ digit }, i) => {
    const last = all.at(-1);
    if (last?.digit === digit) last.to = i + 1;
    else all.push({ digit, from: i + 1, to: i + 1 });
  });
  return all.map(({ digit, from, to }) => (from === to ? `第 ${from} 帧读作 ${digit}` : `第 ${from} 到 ${to} 帧读作 ${digit}`)).join("，");
}

/** @type {typeof import("./blend.en.js").words} */
export const words = {
  title: "从一幅图到另一幅图",
  lead: "每幅图都是一个点 z，两点之间的每一处也都是一幅图。",

  slots: "要混合的图",
  names: {
    pad: "画板，实时",
    example: (digit) => `示例 ${digit}`,
    test: (index) => `测试数字 ${index}`,
    kept: "仅在本标签页",
    missing: "链接里没有",
    drawing: "一幅图",
  },
  slot: (i, name) => `${i + 1} ${name}`,
  chosen: (i) => `第 ${i + 1} 幅图`,
  take: "取用你画的图",
  follow: "跟随画板",
  put: "放到画板上",
  testDigit: "测试数字",
  none: "–",
  nextTest: "同类的下一个",
  previousTest: "同类的上一个",
  left: "左移",
  right: "右移",
  remove: "移除",
  add: "加入你画的图",

  path: "路径",
  linear: "线性",
  spherical: "球面",
  pathMeaning: {
    linear: "一条直线。它抄近路，比这些图所在之处更靠近原点。",
    spherical: "绕原点的一段弧，到原点的距离从一端到另一端均匀变化。",
  },
  play: "播放",
  pause: "暂停",
  step: "步进",
  scrub: "路径上的位置",
  filmTitle: "先混合 z，再解码",
  fadeTitle: "只混合像素：中间没有数字，只有两个叠影",
  point: (t, length) => `t = ${fixed(t)}，|z| = ${fixed(length)}`,
  reads: (read) => (read ? `读作 ${verdict(read)}` : "\u00a0"),
  blended: "混合 z",
  mixed: "混合像素",

  sumTitle: "加减",
  sumLead: "把 a 有而 b 没有的东西给 c。",
  strength: "a − b 取多少",
  times: (strength) => `× ${fixed(strength)}`,
  terms: ["a", "b", "c"],
  sum: "a − b + c",
  groups: { slots: "上面的图", examples: "示例", means: "测试数字的均值" },
  slotTerm: (i) => `第 ${i + 1} 幅图`,
  exampleTerm: (digit) => `示例 ${digit}`,
  slanted: "一个倾斜的 1",
  meanTerm: (digit) => `所有 ${digit} 的均值`,

  fetching: (got, all) => `正在获取测试数字：${megabytes(got)} / ${megabytes(all)} MB`,
  encoding: (done, all) => `正在编码测试数字：${done} / ${all}`,
  kept: (slots) => `太长，放不进链接，只有本标签页里有：第 ${slots.join("、")} 幅图。`,
  missing: (slots) => `链接里放不下第 ${slots.join("、")} 幅图：请另取一幅。`,

  said: {
    seen: (i, name, isBlank) => `第 ${i + 1} 幅图，${name}${isBlank ? "：空白" : ""}`,
    reconstruction: (i, read) => `第 ${i + 1} 幅图的重构${read ? `，读作 ${verdict(read)}` : ""}`,
    film: (count, slots, reads) => `经过 ${slots} 幅图的路上的 ${count} 张画面${reads ? `：${runs(reads)}` : ""}`,
    fade: (count) => `同样这些重构逐像素的 ${count} 张淡入淡出`,
    point: (t, read) => `${fixed(t)} 处混合 z${read ? `，读作 ${verdict(read)}` : ""}`,
    mixed: (t) => `${fixed(t)} 处混合像素`,
    place: (from, s) =>
      s === 0 ? `在第 ${from + 1} 幅图` : s === 1 ? `在第 ${from + 2} 幅图` : `从第 ${from + 1} 幅图到第 ${from + 2} 幅图，走了 ${Math.round(s * 100)}%`,
    term: (i, read) => `${["a", "b", "c", "a 减 b 加 c"][i]}${read ? `，读作 ${verdict(read)}` : ""}`,
  },
};
