// @ts-check
/** What main.en.js says, in Chinese. A space stands between Chinese and letters or numbers; units and symbols stay as they are. */

import { fixed } from "./numbers.js";

const page = {
  description: "写一个数字，看它变成一个分布、一个样本，再变回一幅图：一个完全运行在浏览器标签页里的变分自编码器。",
  standfirst: "一幅图变成一个分布；从中采一个样本，又变回一幅图。",
  modelLabel: "模型",
  theme: "浅色或深色",
  padTitle: "你画的图",
  seenTitle: "网络看到的样子",
  posteriorTitle: "它在潜空间中的位置",
  sampleTitle: "从那里采的一个样本",
  reconstructionTitle: "样本解码成的图",
  toSeen: "规整",
  toPosterior: "编码",
  toSample: "采样",
  toReconstruction: "解码",
  rooms: "各个房间",
  drawRoom: "绘制",
  exploreRooms: "探索",
  trainRoom: "训练",
  handRooms: "你的笔迹",
  storyRoom: "为什么是 VAE",
  exploring: "走进潜空间的几条路",
  mapRoom: "地图",
  dimensionsRoom: "维度",
  posteriorRoom: "后验",
  blendRoom: "混合",
  priorRoom: "先验",
  codesRoom: "编码",
  writing: "用你的笔迹写什么",
  handRoom: "数字",
  brushRoom: "汉字",
  undo: "撤销",
  redo: "重做",
  clear: "清空",
  picture: "图片…",
  shelf: "示例",
  testDigits: "测试数字…",
  keep: "保存…",
  normalise: "规整",
  resample: "重新采样",
  mean: "取均值，z = μ",
  seed: "种子",
  reconWord: "重构",
  klWord: "KL",
  nats: "奈特",
  reads: "读作",
  priorTitle: "新的数字：从先验采样，再解码",
  learned: "学得的先验",
  scored: "读得出是数字，把握超过 90%",
  newSamples: "换一批样本",
  padKeys: "用鼠标、手指或触控笔来画。也可以用键盘：方向键移动笔，空格键或回车键落笔、提笔，按住 Shift 键步子更小。",
  posteriorKeys: "左右方向键在各个维度之间移动。",
  privacy: "你画的一切都不会离开这个页面。",
  whole: "在 Latent Ink 中打开",
  starting: "正在启动计算核心",
  normalised: "缩放到 20 px，笔画统一粗细，重心居中",
  cost: "把这幅图告诉别人要花多少奈特（nat）：KL 用来说清 z，重构用来说清 z 没有定下来的像素。",
  noReads: "–",
  padLabel: "画板",
  seenLabel: "网络看到的图",
  posteriorLabel: "后验",
  reconstructionLabel: "重构",
  priorLabel: "先验的样本",
};

/** @type {typeof import("./main.en.js").words} */
export const words = {
  other: { name: "en", tag: "en", title: "English" },
  page,

  status: {
    fetching: (title, got, all) => `正在获取“${title}”：${kilobytes(got)} / ${kilobytes(all)} KB`,
    ready: "就绪",
    working: (title) => `处理中：正在读取“${title}”`,
    replaced: (reason) => `已恢复就绪。负责计算的部分停止过（${reason}），现已重新启动；你画的图没有变。`,
    lost: (reason) => `错误：负责计算的部分停止了，也没能重新启动（${reason}）。请重新加载页面；你画的图保存在地址里。`,
    modelKept: (title, reason, kept) => `错误：无法使用“${title}”：${reason}。继续使用“${kept}”。`,
    noModel: (title, reason) => `错误：无法使用“${title}”：${reason}。请选择另一个模型，或重新加载页面。`,
    noIndex: (reason) => `错误：无法读取模型列表：${reason}。请重新加载页面再试。`,
    failed: (error) => `错误：${error instanceof Error ? error.message : error}`,
    noPicture: "在这张图片里分辨不出笔迹和底色。请换一张浅色底上只有一个深色图形的图片。",
    notAPicture: (name) => `错误：${name} 不是这个浏览器能读取的图片。可以用 PNG、JPEG 和 WebP，也可以用保存为 JSON 的图。`,
  },

  stopped: {
    start: "脚本没有启动",
    message: "有一条消息无法读取",
    silence: (action, seconds) => `“${action}”在 ${seconds} 秒内没有回答`,
    gone: "计算线程没有在运行",
  },

  modelTitle: (name, title) => MODELS.get(name) ?? title,

  missing: (file, code) => `服务器对 ${file} 的回答是 ${code}`,
  unreachable: (file) => `无法获取 ${file}`,
  unlisted: (file) => `数字列表里没有 ${file}`,
  wrongLength: (file, expected, got) => `${file} 应有 ${expected} 字节，实际有 ${got} 字节`,
  damaged: (file) => `${file} 已损坏，无法解压`,

  tier: { scalar: "标量", simd128: "SIMD", relaxed: "relaxed SIMD" },
  ms: (ms) => `${fixed(ms, 1)} ms`,

  quality: ({ elbo, recon, kl }, isLearned) =>
    `10,000 个测试数字，${isLearned ? "这个模型用学得的先验，" : "这个模型"}平均每个花费 ${fixed(-elbo, 1)} nat：重构 ${fixed(recon, 1)} + KL ${fixed(kl, 1)}。`,

  example: (digit) => `示例：手写的 ${digit}`,
  meanCaption: "正中间的那个点",
  exampleCaption: "一个示例：直接在上面画",
  emptyCaption: "还没有画",
  pictureCaption: "你的图片",
  padHint: "写一个数字",
  priorMean: "还没有画：这是先验的均值",

  asDrawn: "保持原样：网络学习时没见过这样大小、位置和粗细的数字",

  legend: "每个维度一个标记：指一指看。",
  planeLegend: (scale) => `按比例：1 个单位是 ${fixed(scale, 0)} px。圆盘：先验的 1、2、3 σ。`,
  markedKl: (kl) => `KL ${fixed(kl)} nat`,
  plainLegend: "普通自编码器：只有一个点，没有分布。",

  priorLearned: "新的数字：从学得的先验采样，再解码",
  reads: ({ drawing, reconstruction }) => `${verdict(reconstruction)}；原图 ${verdict(drawing)}`,
  score: (count, all) => `${count} / ${all}`,

  costLearned: (nats) =>
    `以 N(0, I) 为先验，把这幅图告诉别人要花多少奈特（nat）。换成学得的先验，KL 平均省下 ${fixed(nats, 1)}。`,
  costOfNothing: "写一个数字，描述它就要花费信息了。",
  costPlain: "普通自编码器只为像素付费：它的 z 不计费。",

  meaning: {
    tier: "这个浏览器运行的是 Rust 核心的哪个版本（总是它支持的最快的一个），以及上一幅图从笔画到像素花了多久。计算在单独的线程里进行。",
    x: "用鼠标、手指或触控笔来画，也可以用方向键和空格键。图片可以拖放或粘贴到页面的任何地方。",
    seen: "网络得到的全部信息：784 个数，从 0（纸）到 1（墨）。它学过的数字占满 20 个像素，重心居中，所以先把你画的图放进同样的框里。",
    posterior: "后验。编码器给这幅图的不是一个点，而是一个高斯分布：潜空间的每个维度上有一个均值 μ 和一个标准差 σ。灰色是先验。与先验一样宽的维度，对这幅图什么也没有说。",
    sample: "z 等于 μ 加上 σ 乘以 ε，ε 从标准正态分布中抽取：这就是重参数化。种子相同，ε 就相同，所以画的时候，只有你画的图在移动 z。",
    reconstruction: "解码器只凭 z 画出一幅图。它从没见过原图：能画回来的，都保存在这几个数里。",
    prior: "先验：潜空间的各个维度相互独立，均值为 0，方差为 1。训练把所有后验一起拉向它，因此从先验中抽取的 z，解码后会是一个谁也没写过的数字。",
    learned: "编码器的所有后验合在一起，并没有恰好填满 N(0, I)。一个小的可逆网络 f 学会了它们真正的位置，把噪声 ε 变成这样的 z，于是样本落在解码器知道该画什么的地方。",
    judge: "谁在读：另一个小网络，一个分类器，10,000 个测试数字中它能认对 99.5%。百分数是它的把握。",
    recon: "−log p(x | z)：如果以重构图来猜，原图的像素有多出人意料，对全部 784 个像素求和。",
    kl: "KL 散度（Kullback–Leibler）：后验离先验有多远，对各个维度求和。它就是 z 所说的关于这幅图的信息量。",
    nats: "奈特（nat）：与自然对数相配的信息单位。1 nat 等于 1.44 比特。",
  },

  said: {
    pad: (strokes) => `画板，上面有 ${strokes} 笔`,
    padEmpty: "画板，还没有画",
    padPicture: "画板，上面是一张图片",
    pen: (isDown, x, y) => `笔已${isDown ? "落下" : "提起"}，横向 ${Math.round(x * 100)}，纵向 ${Math.round(y * 100)}`,
    seen: (box) => (box ? `网络看到的图，28 乘 28：${inkWords(box)}` : "网络看到的图：还没有画"),
    reconstruction: (box, isEmpty, reads) =>
      `${isEmpty ? "还没有画，这是先验的均值，由 z = 0 解码" : "重构，28 乘 28"}：${box ? inkWords(box) : "空白"}${
        reads ? `。读作 ${words.reads(reads)}` : ""}`,
    posterior: ({ mu, sigma }, order) =>
      `${mu.length} 个维度上的后验。${order.slice(0, 4).map((d) =>
        `第 ${d + 1} 维：μ ${fixed(mu[d])}，σ ${fixed(sigma[d])}`).join("；")}${mu.length > 4 ? "，等等" : ""}。`,
    posteriorEmpty: "后验：还没有画，只显示先验，即标准正态分布",
    prior: (count, seed, isLearned, score) =>
      `${count} 个数字，从${isLearned ? "学得的" : ""}先验采样后解码，种子 ${seed}${
        score === undefined ? "" : `；其中 ${score} 个${page.scored}`}`,
    summary: (recon, kl) =>
      `重构完成：重构 ${fixed(recon, 1)}${kl === undefined ? "" : `，加上 KL ${fixed(kl, 1)}，等于 ${fixed(recon + kl, 1)}`} nat`,
  },
};

/** What models/index.json has in English. */
const MODELS = new Map([
  ["sharp", "清晰，32 维"],
  ["map2", "地图，2 维"],
  ["best", "最佳，40 维"],
  ["vae", "小型 VAE，16 维"],
  ["ae", "普通自编码器，16 维"],
  ["fashion", "服装，24 维"],
]);

/**
 * Whole per cent, rounded down: nothing is read with 100.
 * @param {import("../types.js").Verdict} verdict
 */
const verdict = ({ digit, share }) => `${digit}（${Math.min(99, Math.floor(share * 100))}%）`;

/** @param {number} bytes */
const kilobytes = (bytes) => Math.round(bytes / 1000);

/** @param {import("./main.en.js").InkBox} box */
function inkWords({ share, left, top, right, bottom }) {
  return `墨迹占 ${Math.round(share * 100)}%，第 ${left} 到 ${right} 列，第 ${top} 到 ${bottom} 行`;
}
