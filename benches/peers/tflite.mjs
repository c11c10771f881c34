// @ts-check
/**
 * A small writer of `.tflite` files: one subgraph, float32 tensors, the operators that the benchmarks need.
 *
 * Field numbers and codes are those of TensorFlow's `schema.fbs`.
 */

import { Builder } from "flatbuffers";

/** @typedef {number} Tensor  its index in the subgraph */

const FLOAT32 = 0;
const INT32 = 2;
const RELU = 1;
const SCHEMA_VERSION = 3;

/**
 * Code, version and kind of options of each operator; `options` writes the fields of its options.
 * @type {Record<string, { code: number, version?: number, kind?: number, options?: (builder: Builder, given: any) => number }>}
 */
const OPERATORS = {
  ADD: { code: 0, kind: 11, options: (b, { relu }) => table(b, [["int8", 0, relu ? RELU : 0]]) },
  CONV_2D: { code: 3, kind: 1, options: (b, { relu }) => table(b, [["int32", 1, 2], ["int32", 2, 2], ["int8", 3, relu ? RELU : 0]]) },
  FULLY_CONNECTED: { code: 9, kind: 8, options: (b, { relu }) => table(b, [["int8", 0, relu ? RELU : 0]]) },
  LOGISTIC: { code: 14 },
  MUL: { code: 18, kind: 21, options: (b) => table(b, []) },
  RELU: { code: 19 },
  RESHAPE: { code: 22, kind: 17, options: (b) => table(b, []) },
  EXP: { code: 47, kind: 33, options: (b) => table(b, []) },
  TRANSPOSE_CONV: { code: 67, version: 3, kind: 49, options: (b) => table(b, [["int32", 1, 2], ["int32", 2, 2]]) },
  BATCH_MATMUL: { code: 126, kind: 101, options: (b) => table(b, []) },
};

/** @param {Builder} builder @param {["int8" | "int32", number, number][]} fields  kind, field number, value */
function table(builder, fields) {
  builder.startObject(12);
  for (const [kind, field, value] of fields) {
    if (kind === "int8") builder.addFieldInt8(field, value, 0);
    else builder.addFieldInt32(field, value, 0);
  }
  return builder.endObject();
}

export class TfliteGraph {
  /** @type {{ shape: number[], type: number, data?: Float32Array | Int32Array }[]} */
  #tensors = [];
  /** @type {{ name: string, inputs: Tensor[], output: Tensor, given: object }[]} */
  #operators = [];
  /** @type {Tensor[]} */
  #inputs = [];

  /** @param {number[]} shape @returns {Tensor} */
  input(shape) {
    const tensor = this.#tensors.push({ shape, type: FLOAT32 }) - 1;
    this.#inputs.push(tensor);
    return tensor;
  }

  /** @param {Float32Array | Int32Array} data @param {number[]} [shape] @returns {Tensor} */
  constant(data, shape = [data.length]) {
    return this.#tensors.push({ shape, type: data instanceof Int32Array ? INT32 : FLOAT32, data }) - 1;
  }

  /**
   * @param {string} name  one of the operators above
   * @param {Tensor[]} inputs
   * @param {number[]} shape  of its output
   * @param {{ relu?: boolean }} [given]
   * @returns {Tensor} its output
   */
  operator(name, inputs, shape, given = {}) {
    const output = this.#tensors.push({ shape, type: FLOAT32 }) - 1;
    this.#operators.push({ name, inputs, output, given });
    return output;
  }

  /**
   * The file, as loaded by LiteRT.
   * @param {Tensor} output
   */
  bytes(output) {
    const builder = new Builder(1 << 20);
    const names = [...new Set(this.#operators.map(({ name }) => name))];
    const codes = this.#offsets(builder, names.map((name) => {
      const { code, version = 1 } = OPERATORS[name];
      return table(builder, [["int8", 0, code], ["int32", 2, version], ["int32", 3, code]]);
    }));
    // The buffer 0 stands for "no data", and tensor i has the buffer i + 1.
    const buffers = this.#offsets(builder, [{ data: undefined }, ...this.#tensors].map(({ data }) => {
      const bytes = data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
      const vector = bytes && byteVector(builder, bytes);
      builder.startObject(1);
      if (vector) builder.addFieldOffset(0, vector, 0);
      return builder.endObject();
    }));
    const subgraphs = this.#offsets(builder, [this.#subgraph(builder, names, output)]);
    builder.startObject(8);
    builder.addFieldInt32(0, SCHEMA_VERSION, 0);
    builder.addFieldOffset(1, codes, 0);
    builder.addFieldOffset(2, subgraphs, 0);
    builder.addFieldOffset(4, buffers, 0);
    builder.finish(builder.endObject(), "TFL3");
    return builder.asUint8Array();
  }

  /** @param {Builder} builder @param {string[]} names @param {Tensor} output */
  #subgraph(builder, names, output) {
    const tensors = this.#offsets(builder, this.#tensors.map(({ shape, type, data }, index) => {
      const [dimensions, name] = [this.#ints(builder, shape), builder.createString(`t${index}`)];
      builder.startObject(4);
      builder.addFieldOffset(0, dimensions, 0);
      builder.addFieldInt8(1, type, 0);
      builder.addFieldInt32(2, data ? index + 1 : 0, 0);
      builder.addFieldOffset(3, name, 0);
      return builder.endObject();
    }));
    const operators = this.#offsets(builder, this.#operators.map(({ name, inputs, output: made, given }) => {
      const { kind, options } = OPERATORS[name];
      const [takes, makes, details] = [this.#ints(builder, inputs), this.#ints(builder, [made]), options?.(builder, given)];
      builder.startObject(5);
      builder.addFieldInt32(0, names.indexOf(name), 0);
      builder.addFieldOffset(1, takes, 0);
      builder.addFieldOffset(2, makes, 0);
      if (kind && details) {
        builder.addFieldInt8(3, kind, 0);
        builder.addFieldOffset(4, details, 0);
      }
      return builder.endObject();
    }));
    const [inputs, outputs, name] = [this.#ints(builder, this.#inputs), this.#ints(builder, [output]), builder.createString("main")];
    builder.startObject(5);
    builder.addFieldOffset(0, tensors, 0);
    builder.addFieldOffset(1, inputs, 0);
    builder.addFieldOffset(2, outputs, 0);
    builder.addFieldOffset(3, operators, 0);
    builder.addFieldOffset(4, name, 0);
    return builder.endObject();
  }

  /** @param {Builder} builder @param {number[]} values */
  #ints(builder, values) {
    builder.startVector(4, values.length, 4);
    for (const value of values.toReversed()) builder.addInt32(value);
    return builder.endVector();
  }

  /** @param {Builder} builder @param {number[]} offsets */
  #offsets(builder, offsets) {
    builder.startVector(4, offsets.length, 4);
    for (const offset of offsets.toReversed()) builder.addOffset(offset);
    return builder.endVector();
  }
}

/**
 * Bytes aligned to 16, as the schema asks of buffers.
 * @param {Builder} builder
 * @param {Uint8Array} bytes
 */
function byteVector(builder, bytes) {
  builder.startVector(1, bytes.length, 16);
  const inner = /** @type {any} */ (builder);
  inner.space -= bytes.length;
  inner.bb.bytes().set(bytes, inner.space);
  return builder.endVector();
}
