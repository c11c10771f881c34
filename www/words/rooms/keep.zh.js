// @ts-check
import { fixed } from "../numbers.js";

const number = (/** @type {number} */ n) => n.toLocaleString("en");

/** @type {typeof import("./keep.en.js").words} */
export const words = {
  title: "保存",
  close: "关闭",

  picture: "图片",
  which: "内容",
  names: {
    reconstruction: "重构",
    seen: "网络看到的图",
    prior: "先验的样本",
    posterior: "后验的样本",
    map: "潜空间平面的地图",
    dimensions: "维度",
    blend: "混合",
    hand: "你笔下的数字",
    brush: "你笔下的汉字",
  },
  size: "大小",
  times: (n) => `×${n}`,
  tooLarge: "超过 1600 万像素：有些浏览器生成不了这么大的图片。",
  ground: "底色",
  sheet: "纸",
  transparent: "透明",
  pixels: (width, height) => `${number(width)} × ${number(height)} 像素`,
  preview: (name, count) => `图片预览：${name}，${count} 幅图`,
  noPicture: "还没有图片。",
  savePicture: "保存为 PNG",

  drawing: "你画的图",
  strokes: (strokes, points, bytes) =>
    `${strokes} 笔，共 ${number(points)} 个点，${kilobytes(bytes)}。把文件拖到页面上，或用“图片…”选择它，这幅图就回来了。`,
  image: (bytes) => `画板上的图片，存为 784 个数，${kilobytes(bytes)}。把文件拖到页面上，或用“图片…”选择它，它就回来了。`,
  noDrawing: "还没有画。",
  saveDrawing: "保存为 JSON",

  link: "链接",
  linkLabel: "当前视图的链接",
  copy: "复制链接",
  copied: "已复制。",
  select: "浏览器不允许页面复制：链接已选中，请自行复制。",
  length: (length) => `${number(length)} 个字符。打开它的人会看到你现在看到的这个房间。`,
  tooLong: (length) => `${number(length)} 个字符：这幅图让链接超过了 2 KB，有些程序会把这么长的链接截断。请同时把图保存为文件。`,

  lesson: "用于课堂",
  embed: "这段 HTML 把现在的视图放进你自己的网页：只有你看到的图，没有周围的控件。",
  embedLabel: "嵌入这个视图的 HTML",
  embedTitle: "Latent Ink，一张活的图",
  copyEmbed: "复制嵌入代码",
  present: "投影演示",
  presentNote: "字和线更大，没有杂物。在“为什么是 VAE”里，用方向键或翻页笔换幕。",

  saved: (name) => `已保存 ${name}。`,

  notADrawing: (name) => `${name} 不是保存的图：应当是以 { "latent-ink": 1 开头的 JSON 文件`,
  wrongFile: (name, where, expected, got) => `${name}：${where} 应为${beside(expected)}，实际为${beside(got)}`,
  missing: "缺失",
  list: (length) => `长度为 ${number(length)} 的列表`,
  lists: "由笔画组成的列表",
  pairs: "成对的 x 和 y",
  atMost: (most) => `最多 ${number(most)} 个点`,
  numbers: (most) => `由 0 到 ${most} 的整数组成的列表`,
  number: (most) => `0 到 ${most} 的整数`,
};

/** With a space in front, where it does not begin with a Chinese character. @param {string} text */
const beside = (text) => (/^\p{Script=Han}/u.test(text) ? text : ` ${text}`);

/** @param {number} bytes */
const kilobytes = (bytes) => (bytes < 1000 ? `${bytes} 字节` : `${fixed(bytes / 1000, 1)} KB`);
