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
  weightsTitle: "此刻的模型：safetensors 文件，附训练记录",
  state: "状态",
  stateTitle: "从这里继续所需的一切：在本页，或用 latent-ink train --resume",
  log: "日志",
  logTitle: "每一步一行的 CSV",
  open: "打开文件…",
  openTitle: "权重成为本页的模型；状态则继续训练",
  saved: (name, bytes) => `已保存 ${name}，${size(bytes)}。`,
  opened: (name) => `${name} 现在是本页的模型。要接着训练，请打开它的 .state.safetensors。`,
  resumed: (name, step) => `${name} 的训练停在离开时的地方：第 ${step} 步之后。`,
  coarser: "它原来的图像有 256 级灰度；本页的是 16 级，从这里起就在这些图像上学习。",
  refused: (name, reason) => `${name}：${reason}。`,
  tooShort: (bytes) => `应为 safetensors 文件，得到的只有 ${size(bytes)}`,
  noHeader: "应为 safetensors 文件，得到的开头不是 safetensors 的文件头",
  cutOff: (expected, got) => `按文件头应有 ${size(expected)}，得到 ${size(got)}`,
  notOurs: "应为 Latent Ink 的文件，得到的 safetensors 没有我们的记录",
  classifier: "应为自编码器，得到的是分类器（例如评判用的那个）",
  noNetwork: "应为这里有的网络，得到的含有这里没有的层；可用 latent-ink train --resume 继续",
  noSetting: (what) => `应为这里有的设置，得到另一种 ${what}；可用 latent-ink train --resume 继续`,
  otherImages: (title) => `应为在“${title}”上训练的状态，得到的是在别的图像上训练的：请先选它学习过的图像，再打开一次`,
  kept: (step) => `已保留到第 ${step} 步：重新载入后可以从那里继续。`,
  notKept: (reason) => `浏览器没有保留这次训练（${reason}）：训练照常进行，但重新载入会丢失它。`,
  noRoom: "没有空间了",
  unseen: (steps) => `标签页隐藏期间走了 ${steps} 步，都没有画出来。`,
  offer: (step, all, ms) => `${ago(ms)}保留了一次训练，停在第 ${step} 步，共 ${all} 步。`,
  goOn: "接着训练",
  discard: "丢弃它",
};
