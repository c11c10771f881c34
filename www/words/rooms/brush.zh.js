// @ts-check
import { fixed } from "../numbers.js";

/** 字体按书体分类。 */
const KINDS = /** @type {Record<string, string>} */ ({
  kai: "楷体", song: "宋体", hei: "黑体", running: "行书", cursive: "草书", hand: "手写体", display: "美术字",
});

/** @type {typeof import("./brush.en.js").words} */
export const words = {
  title: "写几个字，得到你笔下的所有字",
  lead: "照着淡淡的笔画写，但按你自己的写法。一个网络从你写的字里读出风格，只凭任何一个字的笔画，就能用这种风格把它写出来。",
  padKeys: "用鼠标、手指或触控笔来写。也可以用键盘：方向键移动笔，空格键或回车键落笔、提笔，按住 Shift 键步子更小。",
  strokes: (done, all) => `${all} 画，已写 ${done} 画`,
  unknown: (of) => `模型不知道“${of}”的笔画，请另选一个字。`,
  other: "换一个字：",
  undo: "撤销一笔",
  clear: "清空",
  keep: "留下，写下一个",
  pen: "笔的粗细",
  pens: ["细笔", "钢笔", "毛笔"],
  advice: "这些字最能说明你的风格：",
  advise: (of, nats) => `写“${of}”：${words.nats(nats)}`,
  nats: (nats) => `约能减少 ${fixed(nats, 1)} 奈特的不确定`,

  textOf: "文字",
  poem: (_name, title, author) => `《${title}》${author}`,
  ownText: "自己的文字……",
  ways: "方向",
  across: "横排",
  down: "竖排",
  fetching: (bytes) => `正在取来会写字的模型：${Math.round(bytes / 1000)} KB……`,
  noModel: "会写字的模型没有就位，原因见页脚。请重新打开这个房间再试。",
  from: (of) =>
    of.length === 0 ? "还没有写：这是所有风格正中的那一种。" : `依照这 ${of.length} 个字的风格：${of.join(" ")}`,
  unsure: (count, all) => `${all} 个字中有 ${count} 个没有把握`,
  doubt: (blur, { marked, read }) =>
    `带下划线的字边缘模糊：每一像素的轮廓，有超过 ${fixed(blur, 1)} 像素的灰，因为一笔可能落在这里或那里。在模型从没见过的字体中，这样的字占 ${fixed(marked * 100, 0)}%；无论模糊与否，分类器读对了其中的 ${fixed(read * 100, 1)}%。`,
  plain: (all) => `这些字的笔画模型不知道，用普通字体显示：${all}`,

  seen: "你的风格从这些字读出",
  seenNote: "各字的后验相乘，先验只计一次。",
  tooLong: "这些字太长，放不进链接；它们只留在这个标签页里。",
  borrow: "手边没有笔？试试一种虚构的笔迹",
  remove: (of) => `去掉“${of}”`,

  fonts: "最接近的字体",
  fontsNote: "在模型学过的字体中，风格离你最近的几种，由模型写出。",
  yours: "你的笔迹",
  distance: (kind, distance) => `${KINDS[kind] ?? kind}，距离 ${fixed(distance, 1)}`,

  said: {
    pen: (isDown, x, y) => `笔${isDown ? "落下" : "提起"}，横 ${Math.round(x * 100)}，纵 ${Math.round(y * 100)}`,
    pad: (of, done, all) => `写“${of}”的田字格：${all} 画写了 ${done} 画`,
    kept: (of) => `你写的“${of}”`,
    text: (text) => `用你的笔迹：${text}`,
    written: (name, text) => `${name}：${text}`,
  },
};
