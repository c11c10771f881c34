// @ts-check
import { fixed } from "../numbers.js";

const pair = (/** @type {ArrayLike<number>} */ z) => `(${fixed(z[0])}, ${fixed(z[1])})`;
const thousands = (/** @type {number} */ n) => n.toLocaleString("en");
const percent = (/** @type {number} */ share) => `${Math.min(99, Math.round(share * 100))}%`;
const times = (/** @type {number} */ zoom) => `×${fixed(zoom, zoom < 10 ? 1 : 0)}`;

/** @type {typeof import("./map.en.js").words} */
export const words = {
  title: "这个平面上处处都是数字",
  lead: "这个模型的 z 只有两个数：它能画的一切都在这里。每个点是一个它没有学过的数字，位置是编码器给出的均值。",
  waiting: "地图需要潜空间只有两维的模型，正在加载。",

  plane: "潜空间平面的地图",
  planeKind: "地图",
  keys: "方向键移动 z，按住 Shift 步子更大。回车键把它留在那里，或取下面的点。N 取最近的测试数字，Home 回到你画的图的均值。加号和减号缩放，零显示整个平面，Alt 加方向键移动平面。",
  hintMouse: "指到哪里就解码哪里，点击则留下。滚轮缩放；按住空格键拖动平面。",
  hintTouch: "拖动来解码。用两根手指移动和缩放平面。",

  zoomIn: "放大",
  zoomOut: "缩小",
  whole: "整个平面",
  pan: "移动平面",
  zoomed: times,

  decoded: "z 处解码的图",
  decodedTitle: "只由这个 z 解码",
  z: pair,
  reads: "读作",
  readsAs: ({ digit, share }) => `${digit}（${percent(share)}）`,
  noReads: "–",
  keyDrawing: "你画的图：",

  classes: "测试数字",
  classLabel: (label) => `显示数字 ${label}`,
  showAll: "全选",
  hideAll: "全不选",
  fetching: (got, all) => `正在获取 ${megabytes(got)} / ${megabytes(all)} MB`,
  placing: (count, all) => `已放置 ${thousands(count)} / ${thousands(all)}`,
  placed: (shown, all) => (shown === all ? `显示全部 ${thousands(all)} 个` : `显示 ${thousands(shown)} / ${thousands(all)}`),
  failed: (reason) => `无法获取：${reason}。没有它们，平面照样能用。`,
  again: "再试一次",

  manifold: "流形",
  size: "每边的数字个数",
  grid: (n) => `${n} × ${n}`,
  toScale: "坐标轴按比例",
  byPrior: "相等的长度是视野内先验的相等概率，相邻两个解码数字之间的间隔也是如此。如果编码器守住了先验，这些点会均匀地填满方块。",
  manifoldToScale: "z 的一个单位处处一样长。解码的数字仍按视野内先验的相等概率排列，所以在 z 常出现的地方格子小。",
  onlyToScale: "z 的一个单位处处一样长：后验的椭圆有多宽，σ 就有多大。圆圈：先验的 1、2、3 σ。",

  taken: "一个测试数字",
  nothingTaken: "点击一个点，或在地图上按 N：看看它背后的数字，以及只剩两个数之后还留下什么。",
  digitTitle: (i, label) => `第 ${thousands(i + 1)} 个，标签为 ${label}`,
  original: (label) => `测试数字，标签为 ${label}`,
  reconstruction: "它的重构，由它的均值解码",
  unknown: "尚未放置",
  put: "放到画板上",

  said: (z, reads) => `z = ${pair(z)}${reads ? `，读作 ${reads.digit}` : ""}。`,
  saidDigit: (label) => `已取标签为 ${label} 的测试数字。`,
  saidPlane: (points, n, zoom) =>
    `平面，${times(zoom)}，${points ? `视野内有 ${thousands(points)} 个测试数字` : "没有测试数字"}${n ? `，底下是 ${n} 乘 ${n} 个解码数字的流形` : ""}。`,
};

/** @param {number} bytes */
function megabytes(bytes) {
  return fixed(bytes / 1e6, 1);
}
