// @ts-check
import { fixed } from "../numbers.js";

/** @type {typeof import("./dimensions.en.js").words} */
export const words = {
  title: "z 的每个数管什么",
  lead: "每一行里，z 的一个数从 −3 走到 3，其余的数保持你画的图的值。移动方框就能设定这个数。",
  rows: "z 的各个数，用得最多的在前",
  axis: "N(0, 1) 的 σ",
  klHead: "KL，nat",
  name: (d) => `第 ${d + 1} 维`,
  mean: "平均",
  here: "此处",
  unknown: "–",
  unused: "未用",
  unusedMeaning: "平均不到 0.005 奈特（nat）就算未用：编码器在这里什么也没说，解码器也学会了不去听。",

  current: "方框设定的 z",
  drawing: "你画的图，z = μ",
  nothing: "还没有画，z = 0",
  reads: (verdict) => `读作 ${percent(verdict)}`,
  moved: (count, all) => `${all} 个数中动了 ${count} 个`,
  back: "回到你画的图",
  backOne: (d) => `第 ${d + 1} 维回到你画的图`,
  onlyChanges: "只显示变化",
  onlyChangesNote: "颜色越深，这个像素离原图自己那个数给出的值就越远。",

  keyMu: "你画的图",
  keySigma: "它的后验，±σ",
  keyZ: "现在的 z",
  beyond: "◂ ▸ 你画的图在 3 σ 以外。",
  learned: "坐标轴属于 N(0, 1)，不是这个模型采样所用的学得的先验。",
  plain: "普通自编码器没有先验，也没有 KL：没有什么让它的数留在 0 附近，−3 到 3 只是每条轴上的一段。",

  said: {
    strip: (d, reads, isDifference) =>
      `第 ${d + 1} 维，从 ${fixed(-3, 0)} 到 3${isDifference ? "，只显示变化" : ""}${
        reads ? `：各图依次读作 ${reads.map(({ digit }) => digit).join("、")}` : ""}`,
    value: (z, mu, isMoved) => (isMoved ? `${fixed(z)}；你画的图是 ${fixed(mu)}` : `${fixed(z)}，与你画的图相同`),
    current: (ink, read, moved) =>
      `z 处的图：${ink}${read ? `。读作 ${percent(read)}` : ""}。${
        moved.size ? `动过：${[...moved].map(([d, value]) => `第 ${d + 1} 维到 ${fixed(value)}`).join("，")}` : "没有动过任何数"}`,
    drawing: (ink, read) => `你画的图，取均值：${ink}${read ? `。读作 ${percent(read)}` : ""}`,
    ink: (box) => (box ? `墨迹占 ${Math.round(box.share * 100)}%，第 ${box.left} 到 ${box.right} 列，第 ${box.top} 到 ${box.bottom} 行` : "空白"),
  },
};

/**
 * Whole per cent, rounded down: nothing is read with 100.
 * @param {import("../../types.js").Verdict} verdict
 */
function percent({ digit, share }) {
  return `${digit}（${Math.min(99, Math.floor(share * 100))}%）`;
}
