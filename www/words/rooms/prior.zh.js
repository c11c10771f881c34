// @ts-check
import { fixed } from "../numbers.js";

const count = (/** @type {number} */ n) => Math.round(n).toLocaleString("en");

/** @type {typeof import("./prior.en.js").words} */
export const words = {
  title: "谁也没写过的数字",
  lead: "放进噪声，解码器把它变成图。这里完全没有用到你画的图。选一幅，问问模型是不是只把它背了下来。",
  temperature: "温度",
  times: (t) => `ε × ${fixed(t, 2)}`,
  learned: "学得的先验",
  seed: "种子",
  newSamples: "换一批样本",
  score: (digits, all) => `${digits} / ${all} 读得出是数字，把握超过 90%`,
  noScore: "还没有读",
  samples: (all, isLearned, t) => `${all} 个样本，取自${isLearned ? "学得的先验" : "先验 N(0, I)"}，温度 ${fixed(t, 2)}。方向键逐个移动，回车键选择。`,
  sample: (i, reads) => `第 ${i + 1} 个样本${reads && `，读作 ${reads}`}`,
  reads: (verdict) => (verdict ? `${verdict.digit}（${Math.min(99, Math.floor(verdict.share * 100))}%）` : ""),

  question: "它只是在背吗？",
  chosen: "这个样本",
  byPixels: "按像素最近",
  byZ: "按 z 最近",
  readAs: (reads) => (reads ? `读作 ${reads}` : "还没有读"),
  digit: (label) => `训练集中的一个 ${label}`,
  notYet: "还没有找",
  said: {
    chosen: (i, reads) => `第 ${i + 1} 个样本，放大${reads && `：读作 ${reads}`}`,
    neighbour: (how, label, index, distance) => `${how}的训练数字：第 ${count(index + 1)} 个，是一个 ${label}；${distance}`,
    none: (how) => `${how}的训练数字：还没有找`,
  },
  toPad: "放到画板上",

  search: "在 60,000 个训练数字中找",
  searchSize: "只需下载一次，6 MB；之后由你的浏览器用这个模型全部读一遍",
  goOn: "继续",
  readThem: "用这个模型读一遍",
  stop: "停止",
  stopped: "已停止。",
  otherModel: "已停止：选了另一个模型。",
  fetching: (images, bytes, rate, left) =>
    `已获取 ${count(images)} / 60,000：${fixed(bytes / 1e6, 1)} MB，${fixed(rate / 1e6, 1)} MB/s，还剩 ${seconds(left)}`,
  reading: (done, rate, left) => `已读 ${count(done)} / 60,000：每秒 ${count(rate)} 个，还剩 ${seconds(left)}`,
  progress: "进度",
  among: (images, read) => {
    if (images === 60_000 && read === 60_000) return "全部 60,000 个训练数字都找过了。";
    return `按像素找过 ${among(images)}，按 z 找过 ${among(read)}。`;
  },
  notItsDigits: "这个模型学的是服装图片，没有哪个训练数字是它能背下来的。",

  squaredError: (value) => `平方误差 ${fixed(value, 1)}`,
  distance: (value) => `距离 ${fixed(value, 2)}`,
  pixelScale: "784 个像素的平方误差，每个像素 0 到 1",
  zScale: "z 到训练数字均值的距离",
  verdict: (value, [low, , high]) =>
    value < low ? "比十个测试数字中的九个更近：请比较这两幅。"
      : value <= high ? "与它从没见过的数字一样近：相似，但不是照抄。"
        : "比十个测试数字中的九个更远：它没见过这样的。",
  strip: (value, [low, middle, high], places) =>
    `这个样本：${fixed(value, places)}。测试数字：一半在 ${fixed(middle, places)} 以内，十分之八在 ${fixed(low, places)} 与 ${fixed(high, places)} 之间。`,
  yardstick: "横条表示模型从没见过的测试数字离各自最近的训练数字有多远：十分之八落在条内，中间的刻度是中位数。解码的图比墨迹平滑，因此离什么都近一些。",
};

/** @param {number} images */
const among = (images) => (images < 60_000 ? `${count(images)} 个` : `全部 ${count(images)} 个`);

/** @param {number} left */
const seconds = (left) => `${Math.ceil(left)} 秒`;
