// @ts-check
/** A small writer of ONNX files (protobuf by hand): float32 tensors, any operator, whole-number and real attributes. */

const FLOAT = 1;
const INT64 = 7;
const IR_VERSION = 8;
const OPSET = 17;

/** @typedef {{ field: number, bytes: Uint8Array } | { field: number, integer: number }} Part */

/** @param {number} value */
function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 127n);
    rest >>= 7n;
    bytes.push(rest ? low | 128 : low);
  } while (rest);
  return bytes;
}

/** A message of length-delimited and integer fields. @param {Part[]} parts */
function message(parts) {
  const pieces = parts.flatMap((part) => ("bytes" in part
    ? [Uint8Array.from([...varint((part.field << 3) | 2), ...varint(part.bytes.length)]), part.bytes]
    : [Uint8Array.from([...varint(part.field << 3), ...varint(part.integer)])]));
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  pieces.reduce((at, piece) => (out.set(piece, at), at + piece.length), 0);
  return out;
}

const text = (/** @type {number} */ field, /** @type {string} */ value) => ({ field, bytes: new TextEncoder().encode(value) });
const integer = (/** @type {number} */ field, /** @type {number} */ value) => ({ field, integer: value });
const inner = (/** @type {number} */ field, /** @type {Part[]} */ parts) => ({ field, bytes: message(parts) });

/** @param {string} name @param {number[]} shape */
function valueInfo(name, shape) {
  const dimensions = shape.map((size) => inner(1, [integer(1, size)]));
  return [text(1, name), inner(2, [inner(1, [integer(1, FLOAT), inner(2, dimensions)])])];
}

/** @param {string} name @param {number | number[]} value */
function attribute(name, value) {
  if (Array.isArray(value)) return [text(1, name), ...value.map((one) => integer(8, one)), integer(20, 7)];
  return [text(1, name), integer(3, value), integer(20, 2)];
}

export class OnnxGraph {
  /** @type {Part[]} */
  #parts = [];
  #made = 0;

  /** @param {string} name @param {number[]} shape */
  input(name, shape) {
    this.#parts.push(inner(11, valueInfo(name, shape)));
    return name;
  }

  /** @param {Float32Array | number[]} data  numbers become int64 @param {number[]} [shape] */
  constant(data, shape = [data.length]) {
    const name = this.#name();
    const isReal = data instanceof Float32Array;
    const values = isReal ? data : BigInt64Array.from(data, BigInt);
    this.#parts.push(inner(5, [
      ...shape.map((size) => integer(1, size)), integer(2, isReal ? FLOAT : INT64), text(8, name),
      { field: 9, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) },
    ]));
    return name;
  }

  /** A constant of no dimension. @param {number} value */
  scalar(value) {
    return this.constant(Float32Array.of(value), []);
  }

  /**
   * @param {string} operator
   * @param {string[]} inputs
   * @param {Record<string, number | number[]>} [attributes]
   * @param {string} [output]
   * @returns {string} its output
   */
  node(operator, inputs, attributes = {}, output = this.#name()) {
    this.#parts.push(inner(1, [
      ...inputs.map((name) => text(1, name)), text(2, output), text(4, operator),
      ...Object.entries(attributes).map(([name, value]) => inner(5, attribute(name, value))),
    ]));
    return output;
  }

  /** The file. @param {Record<string, number[]>} outputs  names and shapes */
  bytes(outputs) {
    const graph = [...this.#parts, text(2, "main"), ...Object.entries(outputs).map(([name, shape]) => inner(12, valueInfo(name, shape)))];
    return message([integer(1, IR_VERSION), inner(7, graph), inner(8, [text(1, ""), integer(2, OPSET)])]);
  }

  #name() {
    this.#made += 1;
    return `t${this.#made}`;
  }
}
