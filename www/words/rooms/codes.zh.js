// @ts-check
import { fixed } from "../numbers.js";

/** @type {typeof import("./codes.en.js").words} */
export const words = {
  title: "把图画看成一张编码图",
  lead: "VQ-VAE 没有高斯分布。编码器把图像分成若干格，每格换成码本里最近的那个编码；解码器看到的只有这些编码。",
  mosaic: "编码图，每格一块。方向键在格间移动，回车键选中",
  picture: "这些编码解码出的图像",
  pointAtOne: "指向一格，就能看到它用的是哪个编码，以及次近的编码有多远。",
  takeOne: "现在从码本里另选一个编码。",
  chooseFirst: "先在编码图上选一格，再选要放进去的编码。",
  back: "恢复图画本来的编码",
  about: ({ row, column, code, own, distance, next, further }) =>
    code === own
      ? `第 ${row} 行第 ${column} 列：编码 ${code}，距离 ${fixed(distance, 2)}。次近的是编码 ${next}，距离 ${fixed(further, 2)}。`
      : `第 ${row} 行第 ${column} 列：编码 ${code}，换下了 ${own}。`,
  cost: (places, count, plain, bits) =>
    `${places} 个编码，各从 ${count} 个中取：若概率都相同，要 ${fixed(plain, 0)} 比特${bits === undefined ? "" : `；按学到的先验，要 ${fixed(bits, 0)} 比特`}。`,

  book: "码本",
  bookNote: "每个编码平均画出的样子，连同它的四周。横条：用得多频繁。选中一格后，点一个编码就能放进去。",
  code: (code, share, isBlank) => `编码 ${code}${isBlank ? "，几乎空白" : ""}：占所有格的 ${fixed(share * 100, 1)}%`,

  writeTitle: "会书写的先验",
  writeNote: "一个小型 Transformer 学会了编码之间如何相接。它逐行写出编码图，每个编码都取决于前面的全部编码。",
  write: "再写一个",
  written: "写出的数字",
  writtenMap: "正在写的编码图",
  seed: "种子",
  temperature: "温度",
  times: (t) => (t === 0 ? "0，只取最可能的" : fixed(t, 2)),
  among: "取自",
  top: (top) => (top === 0 ? "全部编码" : top === 1 ? "最可能的一个" : `最可能的 ${top} 个`),
  digit: "数字",
  anyDigit: "任意",
  half: "保留我画的上半部分",
  wrote: (count, ms, bits) => `${count} 个编码，用时 ${fixed(ms, 1)} 毫秒。整张编码图值 ${fixed(bits, 0)} 比特。`,

  trainTitle: "看码本怎样学成",
  trainNote: "同一个网络从头开始，就在这里用一万个数字训练。上面的编码图随之变化。困惑度：若各编码用得一样多，要几个编码才有同样的信息量。",
  train: "在这里训练",
  stop: "停止",
  shipped: "回到自带的模型",
  fetching: "正在取来数字……",
  perplexity: "困惑度随训练步数的变化",
  perplexityIs: (perplexity) => `困惑度随训练步数的变化，现在是 ${fixed(perplexity, 1)}`,
  stands: ({ step, total, usage, perplexity, error }) =>
    `第 ${step} 步，共 ${total} 步：困惑度 ${fixed(perplexity, 1)}，用到 ${fixed(usage * 100, 0)}% 的编码，在没见过的数字上平方误差为 ${fixed(error, 1)}。`,

  compareTitle: "保存这幅画的四种方式",
  compareNote: "同一幅画经过普通自编码器、VAE、beta-VAE 和编码图：各用多少比特说明自己的 z，还原后的平方误差是多少。最后一列：如果每个模型都只有编码图所用的比特数，把它的数按相等的步长取整，误差是多少。",
  compare: "比较",
  columns: ["模型", "还原成", "用去", "平方误差", "用同样多的比特"],
  models: { ae: "自编码器", vae: "VAE", "beta-4": "beta-VAE，beta = 4", codes: "VQ-VAE" },
  asFloats: (size) => `${size} 个数按存储的位数计；它没有先验，说不出这些数值多少比特`,
  asKl: (size) => `${size} 个数相对 N(0, I) 的 KL`,
  asCodes: (plain) => `按学到的先验；没有先验要 ${fixed(plain, 0)} 比特`,
  bits: (bits) => `${fixed(bits, 0)} 比特`,
  error: (error) => fixed(error, 2),
  comesBack: (name) => `还原的图像：${name}`,
};
