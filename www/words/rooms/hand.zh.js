// @ts-check
import { fixed } from "../numbers.js";

/** @type {typeof import("./hand.en.js").words} */
export const words = {
  title: "写一个数字，得到你笔下的全部十个",
  lead: "这个 VAE 知道自己在读、在写的是哪个数字。留给 z 的只有笔迹：倾斜、宽窄、圆转。所以一幅图的 z 就能写出全部十个数字。",
  ten: "你笔下的十个数字",
  fetching: (bytes) => `正在取来会写字的模型：${Math.round(bytes / 1000)} KB……`,
  noModel: "会写字的模型没有就位，原因见页脚。请重新打开这个房间再试。",
  from: (digits) =>
    digits.length === 0 ? "还没有画：这是所有笔迹正中的那一种。请在画板上写一个数字。"
      : digits.length === 1 ? `出自一幅图：${digits[0]}。` : `出自 ${digits.length} 幅图：${digits.join("、")}。`,
  fromMap: "出自地图上的这一点。",
  whichDigit: "画板上是哪个数字？正在识读，也可以在下面直接指明。",

  seen: "你的笔迹从这些图读出",
  seenNote: "每幅图都带着它的数字，读错了就改过来。几幅图的后验相乘。",
  onPad: "画板：",
  kept: "已留：",
  isA: "这是哪个数字",
  remove: "去掉这幅图",
  keep: "留下，再写一个",
  tooLong: "这些图太长，放不进链接；它们只留在这个标签页里。",
  zOf: "你的笔迹：μ ± σ，后面是先验",
  sigmas: "σ 随图的增加而缩小",
  known: (count, width) =>
    count === 0 ? "每一维的 σ 都是 1：对你的笔迹还一无所知。" : `看过 ${count} 幅图，σ 平均为 ${fixed(width)}；之前是 1。`,

  map: "笔迹的地图",
  mapNote: "拖动 z，十个数字一起变。椭圆：你的笔迹所在，一个 σ。圆：先验的 1、2、3 个 σ。",
  mapKeys: "方向键移动 z，按住 Shift 键步子更大；Home 键回到你的笔迹。",
  home: "回到你的笔迹",
  axes: ["横向：", "纵向："],
  direction: (i) => (i === 1 ? "数字变化最大的方向" : `变化第 ${i} 大的方向`),
  dimension: (d) => `z 的第 ${d} 维`,

  number: "用你的笔迹写一个数",
  numberNote: "谁也不会把一个数字写得两次一样：每个数字都有自己的 z，从你笔迹的后验中抽取。",
  type: "数",
  variation: "变化",
  times: (t) => (t === 0 ? "无" : `${fixed(t)} σ`),
  seed: "种子",
  again: "再写一遍",
  noNumber: "请输入一个数。",
  digitsOnly: "只写数字，其余略去。",
  save: "存为",
  savePng: "存为 PNG",
  saveSvg: "存为 SVG",
  saved: (name) => `已存为 ${name}。`,

  said: {
    plain: (digit) => `${digit}，还不是谁的笔迹`,
    digit: (digit) => `你笔下的 ${digit}`,
    example: (place, of) => `${place === 0 ? "画板上的图" : `留下的第 ${place} 幅图`}，网络看到的样子${of === undefined ? "" : `：${of}`}`,
    posterior: (latent) => `你笔迹在 ${latent} 维中的后验，μ 和 σ，与先验相比`,
    widths: (widths) => `随着图一幅幅增加，σ 的平均值：${widths.map((width) => fixed(width)).join("、")}`,
    map: (a, b, isHome) => `笔迹的地图。z 在横向 ${fixed(a)}、纵向 ${fixed(b)}${isHome ? "，正是你的笔迹" : ""}`,
    number: (text) => `你笔下的 ${text}`,
  },
};
