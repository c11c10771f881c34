// @ts-check
/** Poems of the Tang, without the marks that they were written without. */

/** @typedef {{ title: string, author: string, lines: string[] }} Poem */

/** @type {Record<string, Poem>} */
export const POEMS = {
  jingyesi: { title: "静夜思", author: "李白", lines: ["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"] },
  guanquelou: { title: "登鹳雀楼", author: "王之涣", lines: ["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"] },
  chunxiao: { title: "春晓", author: "孟浩然", lines: ["春眠不觉晓", "处处闻啼鸟", "夜来风雨声", "花落知多少"] },
  xiangsi: { title: "相思", author: "王维", lines: ["红豆生南国", "春来发几枝", "愿君多采撷", "此物最相思"] },
  luzhai: { title: "鹿柴", author: "王维", lines: ["空山不见人", "但闻人语响", "返景入深林", "复照青苔上"] },
  jiangxue: { title: "江雪", author: "柳宗元", lines: ["千山鸟飞绝", "万径人踪灭", "孤舟蓑笠翁", "独钓寒江雪"] },
  minnong: { title: "悯农", author: "李绅", lines: ["锄禾日当午", "汗滴禾下土", "谁知盘中餐", "粒粒皆辛苦"] },
  shanxing: { title: "山行", author: "杜牧", lines: ["远上寒山石径斜", "白云生处有人家", "停车坐爱枫林晚", "霜叶红于二月花"] },
};

export const FIRST = "jingyesi";
