// @ts-check
import { fixed } from "../numbers.js";

const number = (/** @type {number} */ n) => Math.round(n).toLocaleString("en");

/** @type {typeof import("./test-digits.en.js").words} */
export const words = {
  title: "测试数字",
  close: "关闭",
  lead: "每类十个，取自 10,000 个这里的模型都没有学过的数字。选一个，它就到画板上。",
  others: "换一批",
  classOf: (label) => `类别 ${label} 的测试数字`,
  digit: (i, label) => `第 ${number(i + 1)} 个测试数字：一个 ${label}`,
  costly: (i, label, nats) => `第 ${number(i + 1)} 个测试数字：一个 ${label}，${fixed(nats, 0)} nat`,
  nats: (nats) => fixed(nats, 0),
  fetching: (got, all) => `正在获取测试数字：${fixed(got / 1e6, 1)} / ${fixed(all / 1e6, 1)} MB`,

  hardest: "对这个模型最难的",
  about: "全部 10,000 个中，像素最让这个模型意外的 20 个：按 z\u00a0=\u00a0μ 处的重构代价排列，单位是奈特（nat）。",
  find: "找出来",
  goOn: "继续",
  stop: "停止",
  progress: "进度",
  reading: (done, rate, left) => `${number(done)} / 10,000：每秒 ${number(rate)} 个，还剩 ${Math.ceil(left)} 秒`,
  soFar: (done) => `已停止：只看了前 ${number(done)} 个。`,
  otherModel: "选了另一个模型",
  median: (title, nats) => `${title}。一半的测试数字低于 ${fixed(nats, 0)} nat。`,
};
