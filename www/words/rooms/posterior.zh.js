// @ts-check
import { fixed } from "../numbers.js";

/** @type {typeof import("./posterior.en.js").words} */
export const words = {
  title: "从你画的图所在之处采九个样本",
  lead: "每个都由自己的 z 解码，z 从这幅图的后验中抽取。它们相同的地方，编码器有把握；不同的地方，编码器留了余地。",
  temperature: "温度",
  seed: "种子",
  newSamples: "换一批样本",
  isMean: "0，只取均值",
  times: (t) => `σ × ${fixed(t, 2)}`,
  temperatureNote: "每个 σ 拉伸多少倍：1 就是后验本身。",
  sample: (i) => `九个样本中的第 ${i + 1} 个`,
  reads: (verdict) => `读作 ${percent(verdict)}`,

  mapTitle: "它们哪里不同",
  mapNote: (count) => `${count} 个样本中每个像素的标准差。纸色：全都一致。颜色最深：一半是墨，一半是纸。`,
  apart: (percent_) => `${fixed(percent_, 1)}%，以满墨计`,
  apartNote: "像素的标准差，对全部 784 个像素取平均",
  most: (percent_) => `最大处 ${fixed(percent_, 0)}%`,

  plain: "普通自编码器没有后验可采：它的 z 是一个点，所以九个都一样。",
  same: "温度为 0 时，每个样本都是均值：九个都一样。",
  empty: "还没有画：九个都是先验的均值。",

  said: {
    sample: (i, ink, read) => `九个样本中的第 ${i + 1} 个：${ink}${read ? `。读作 ${percent(read)}` : ""}`,
    ink: (box) => (box ? `墨迹占 ${Math.round(box.share * 100)}%，第 ${box.left} 到 ${box.right} 列，第 ${box.top} 到 ${box.bottom} 行` : "空白"),
    map: (mean, most, box) =>
      most < 0.001 ? "样本哪里不同：处处相同"
        : `样本哪里不同：平均相差满墨的 ${fixed(mean * 100, 1)}%，最多 ${fixed(most * 100, 0)}%${
          box ? `；大多在第 ${box.left} 到 ${box.right} 列，第 ${box.top} 到 ${box.bottom} 行` : ""}`,
  },
};

/**
 * Whole per cent, rounded down: nothing is read with 100.
 * @param {import("../../types.js").Verdict} verdict
 */
function percent({ digit, share }) {
  return `${digit}（${Math.min(99, Math.floor(share * 100))}%）`;
}
