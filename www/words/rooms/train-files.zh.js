// @ts-check
import { fixed } from "../numbers.js";

/** Bytes for people. @param {number} bytes */
const size = (bytes) => (bytes < 1e5 ? `${bytes} 字节` : `${fixed(bytes / 1e6, 1)} MB`);

/** @param {number} ms */
function ago(ms) {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return "刚才";
  if (minutes < 60) return `${minutes} 分钟前`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return `${hours} 小时前`;
  const days = Math.round(hours / 24);
  return days === 1 ? "昨天" : `${days} 天前`;
}

/** @type {typeof import("./train-files.en.js").words} */
export const words = {
  takeAway: "带走",
  weights: "权重",
  weightsTitle: "现在的模型：safetensors 文件，附训练记录",
  state: "状态",
  stateTitle: "从这里继续所需的一切，可以在这个房间里继续，也可以用 latent-ink train --resume",
  log: "日志",
  logTitle: "每一步一行 CSV",
  open: "打开文件…",
  openTitle: "权重文件成为页面的模型；状态文件接着训练",
  saved: (name, bytes) => `已保存 ${name}，${size(bytes)}。`,
  opened: (name) => `${name} 现在是页面的模型。要接着训练，请打开它的 .state.safetensors。`,
  resumed: (name, step) => `${name} 的训练停在离开的地方，第 ${step} 步之后。`,
  refused: (name, reason) => `${name}：${reason}。`,
  tooShort: (bytes) => `应为 safetensors 文件，实际只有 ${size(bytes)}`,
  noHeader: "应为 safetensors 文件，而它的开头不是 safetensors 的文件头",
  cutOff: (expected, got) => `按文件头应有 ${size(expected)}，实际有 ${size(got)}`,
  notOurs: "应为 Latent Ink 的文件，而这个 safetensors 文件里没有我们的记录",
  classifier: "应为自编码器，而这是分类器，就像负责判读的那个",
  noNetwork: "应为这个房间里的网络，而它有这里没有的层；可以用 latent-ink train --resume 继续",
  noSetting: (what) => `应为这个房间里的设置，而它的 ${what} 不同；可以用 latent-ink train --resume 继续`,
  otherImages: (title) => `应为在“${title}”上训练的状态，而它用的是别的图：请先选好它学习的图，再打开它`,
  kept: (step) => `已保存到第 ${step} 步：重新加载后可以从那里继续。`,
  notKept: (reason) => `浏览器不保存这次训练（${reason}）：训练照常进行，但重新加载就会丢失。`,
  noRoom: "没有空间了",
  unseen: (steps) => `标签页隐藏时走了 ${steps} 步，都没有画出来。`,
  offer: (step, all, ms) => `有一次之前保存的训练，停在第 ${step} 步，共 ${all} 步，${ago(ms)}。`,
  goOn: "接着训练",
  discard: "丢弃",
};
