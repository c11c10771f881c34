// @ts-check
import { fixed } from "../numbers.js";

/** @type {typeof import("./train.en.js").words} */
export const words = {
  title: "自己训练一个",
  lead: "一个什么都没见过的网络，就在这个标签页里从数字学习画画。左边你画的图，由它当下的样子来重构。",
  play: "训练",
  pause: "暂停",
  goOn: "继续",
  step: "走一步",
  reset: "重新开始",
  preset: "网络",
  presets: {
    vae: "VAE，20 维",
    map: "VAE，2 维：一张地图",
    ae: "普通自编码器",
    beta4: "β = 4",
    collapse: "β = 60：故意的后验坍缩",
  },
  data: "训练集",
  tenThousand: "10,000 个数字",
  sixtyThousand: "60,000 个数字",
  rate: "学习率",
  beta: "β，KL 的权重",
  seed: "种子",
  curve: "一幅图的代价，单位是奈特（nat）：重构 + KL，分别是每一批的，和 500 个从不学习的数字的",
  steps: "步",
  heldOut: "它从不学习的数字，以及它重构的样子",
  samples: "从它的先验采的样本：ε 始终不变",
  kl: "各维度的 KL，单位是 nat：每个维度学会了说多少",
  fetching: (got, all) => `正在获取数字：${(got / 1e6).toFixed(1)} / ${(all / 1e6).toFixed(1)} MB`,
  untrained: "还什么都没学。按下“训练”几秒之后，它就能画出像数字的东西。",
  progress: ({ epoch, step, rate, seconds, left }) =>
    `第 ${fixed(epoch, 1)} 轮 · 第 ${step} 步 · 每秒 ${Math.round(rate / 100) * 100} 幅 · ${fixed(seconds, 1)} 秒${left > 0 ? ` · 还剩 ${fixed(left, 0)} 秒` : ""}`,
  measured: (recon, kl, hasKl) =>
    hasKl ? `${fixed(recon + kl, 1)} nat：重构 ${fixed(recon, 1)} + KL ${fixed(kl, 1)}` : `重构 ${fixed(recon, 1)} nat；普通自编码器的 z 不计费`,
  active: (active, all) => `${all} 个维度中有 ${active} 个说出的超过 0.01 nat。`,
  done: "训练结束。可以重新开始另一个，也可以把这个模型带到其他房间。",
  diverged: (message) => `训练停止了：${message}。出错之前的模型还在。请用更小的学习率重新开始。`,
  name: (preset) => `你的：${preset}`,
  saidCurve: (nats, step) => `${step} 步之后，留出数字的代价：每幅 ${fixed(nats, 1)} nat`,
  saidTrue: (label) => `一个留出的 ${label}`,
  saidRecon: (label) => `网络把留出的 ${label} 重构成的样子`,
  saidSample: (i) => `从它的先验采的第 ${i + 1} 个样本`,
};
