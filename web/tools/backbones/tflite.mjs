// The convolutions of a TensorFlow Lite model (schema.fbs, version 3), in the order in which a picture passes through
// them, dequantised. Only what that takes is read.

import { layersOf, sizeOf } from './mobilenet-v2.mjs';

const CONVOLUTIONS = [3, 4]; // CONV_2D, DEPTHWISE_CONV_2D
const DEQUANTIZE = 6;
const TYPES = { FLOAT32: 0, FLOAT16: 1, INT32: 2, INT8: 9 };

/**
 * @param {Uint8Array} bytes
 * @param {number} widthMultiplier
 * @returns {import('./safetensors.mjs').Tensor[]}
 */
export function readTflite(bytes, widthMultiplier) {
  const model = rootOf(bytes);
  const graph = model.tables(2)[0];
  const buffers = model.tables(4);
  const tensors = graph.tables(0);
  const operatorCodes = model.tables(1).map(
    // The first field ran out at 127 and was replaced; the larger one counts.
    (code) => Math.max(code.int8(0, 0), code.int32(3, 0)),
  );
  const operators = graph.tables(3).map((operator) => ({
    code: operatorCodes[operator.uint32(0, 0)],
    inputs: operator.int32s(1),
    outputs: operator.int32s(2),
  }));
  /** Constants may pass through an operator that makes float32 of them. @type {Map<number, number>} */
  const origin = new Map();
  for (const { code, inputs, outputs } of operators) {
    if (code === DEQUANTIZE) {
      origin.set(outputs[0], inputs[0]);
    }
  }
  /** @param {number} index */
  const valuesOf = (index) => {
    const tensor = tensors[origin.get(index) ?? index];
    return dequantise(tensor, buffers[tensor.uint32(2, 0)].bytes(0));
  };
  const convolutions = operators.filter(({ code }) => CONVOLUTIONS.includes(code));
  const layers = layersOf(widthMultiplier);
  if (convolutions.length < layers.length) {
    throw new Error(`expected ${layers.length} convolutions, got ${convolutions.length}`);
  }
  return layers.flatMap(({ name, shape }, index) => {
    const [, weight, bias] = convolutions[index].inputs;
    const tensor = { weight: valuesOf(weight), bias: valuesOf(bias) };
    const channels = shape.length === 3 ? shape[2] : shape[0];
    if (tensor.weight.length !== sizeOf(shape) || tensor.bias.length !== channels) {
      throw new Error(`expected ${sizeOf(shape)} weights in ${name}, got ${tensor.weight.length}`);
    }
    return [
      { name: `${name}.weight`, shape, values: tensor.weight },
      { name: `${name}.bias`, shape: [channels], values: tensor.bias },
    ];
  });
}

/**
 * real = scale · (stored - zero point), one scale for all or one for each index of one dimension.
 *
 * @param {Table} tensor
 * @param {Uint8Array} content
 */
function dequantise(tensor, content) {
  const shape = tensor.int32s(0);
  const stored = storedValues(tensor.int8(1, 0), content);
  const quantisation = tensor.table(4);
  const scales = quantisation?.float32s(2) ?? [];
  if (scales.length === 0) {
    return Float32Array.from(stored);
  }
  const zeroPoints = quantisation?.int64s(3) ?? [];
  const dimension = quantisation?.int32(6, 0) ?? 0;
  const inner = sizeOf(shape.slice(dimension + 1));
  return Float32Array.from(stored, (value, index) => {
    const at = scales.length === 1 ? 0 : Math.floor(index / inner) % shape[dimension];
    return (Number(value) - (zeroPoints[at] ?? 0)) * scales[at];
  });
}

/**
 * @param {number} type
 * @param {Uint8Array} content
 * @returns {Float32Array | Int32Array | Int8Array}
 */
function storedValues(type, content) {
  const { buffer } = new Uint8Array(content);
  switch (type) {
    case TYPES.FLOAT32:
      return new Float32Array(buffer);
    case TYPES.INT32:
      return new Int32Array(buffer);
    case TYPES.INT8:
      return new Int8Array(buffer);
    case TYPES.FLOAT16:
      return Float32Array.from(new Uint16Array(buffer), float16Value);
    default:
      throw new Error(`expected float32, float16, int32 or int8 numbers, got type ${type}`);
  }
}

/** @param {number} half */
function float16Value(half) {
  const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
  const size = exponent === 0 ? 2 ** -24 * fraction : 2 ** (exponent - 25) * (1024 + fraction);
  return half & 0x8000 ? -size : size;
}

/** @param {Uint8Array} bytes */
function rootOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 8 || String.fromCharCode(...bytes.subarray(4, 8)) !== 'TFL3') {
    throw new Error('expected a model of TensorFlow Lite, got something else');
  }
  return new Table(view, view.getUint32(0, true));
}

/** One table of a FlatBuffer: fields by number, found through its vtable (flatbuffers.dev, "Internals"). */
class Table {
  #view;
  #at;
  #vtable;

  /** @param {DataView} view @param {number} at */
  constructor(view, at) {
    this.#view = view;
    this.#at = at;
    this.#vtable = at - view.getInt32(at, true);
  }

  /** Where a field lies; 0 where it is left out. @param {number} field */
  #place(field) {
    const slot = 4 + 2 * field;
    const slotCount = this.#view.getUint16(this.#vtable, true);
    const offset = slot < slotCount ? this.#view.getUint16(this.#vtable + slot, true) : 0;
    return offset === 0 ? 0 : this.#at + offset;
  }

  /** @param {number} field @param {number} fallback */
  int8(field, fallback) {
    const at = this.#place(field);
    return at ? this.#view.getInt8(at) : fallback;
  }

  /** @param {number} field @param {number} fallback */
  int32(field, fallback) {
    const at = this.#place(field);
    return at ? this.#view.getInt32(at, true) : fallback;
  }

  /** @param {number} field @param {number} fallback */
  uint32(field, fallback) {
    const at = this.#place(field);
    return at ? this.#view.getUint32(at, true) : fallback;
  }

  /** @param {number} field */
  table(field) {
    const at = this.#place(field);
    return at ? new Table(this.#view, at + this.#view.getUint32(at, true)) : null;
  }

  /**
   * @template T
   * @param {number} field
   * @param {number} stride
   * @param {(at: number) => T} read
   * @returns {T[]}
   */
  #vector(field, stride, read) {
    const at = this.#place(field);
    if (!at) {
      return [];
    }
    const start = at + this.#view.getUint32(at, true);
    const length = this.#view.getUint32(start, true);
    return Array.from({ length }, (_, index) => read(start + 4 + stride * index));
  }

  /** @param {number} field */
  tables(field) {
    return this.#vector(field, 4, (at) => new Table(this.#view, at + this.#view.getUint32(at, true)));
  }

  /** @param {number} field */
  int32s(field) {
    return this.#vector(field, 4, (at) => this.#view.getInt32(at, true));
  }

  /** @param {number} field */
  int64s(field) {
    return this.#vector(field, 8, (at) => Number(this.#view.getBigInt64(at, true)));
  }

  /** @param {number} field */
  float32s(field) {
    return this.#vector(field, 4, (at) => this.#view.getFloat32(at, true));
  }

  /** @param {number} field */
  bytes(field) {
    return Uint8Array.from(this.#vector(field, 1, (at) => this.#view.getUint8(at)));
  }
}
