// Writes a backbone as a .tflite file, so that another runtime can be timed on the very same network.
// Field numbers and enum values are those of TensorFlow Lite's schema (schema.fbs, version 3).

import { readSafetensors } from './safetensors.mjs';

const kOperator = { ADD: 0, CONV_2D: 3, DEPTHWISE_CONV_2D: 4, MEAN: 40 };
const kOptions = { Conv2D: 1, DepthwiseConv2D: 2, Add: 11, Reducer: 27 };
const kRelu6 = 3;
const kInt32 = 2;

/** The graph in plain values: tensors with shapes, operators with the indices of what they read and write. */
class Graph {
  /** @type {{ shape: number[], type: number, data: Uint8Array | null, name: string }[]} */
  tensors = [];
  /** @type {{ code: number, inputs: number[], output: number, options: (builder: any) => [number, number] }[]} */
  operators = [];

  /** @param {string} name @param {number[]} shape @param {Float32Array | Int32Array | null} data */
  tensor(name, shape, data = null) {
    const bytes = data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.tensors.push({ name, shape, type: data instanceof Int32Array ? kInt32 : 0, data: bytes });
    return this.tensors.length - 1;
  }

  /** @param {number} index */
  shape(index) {
    return this.tensors[index].shape;
  }
}

/** SAME padding, as in tf_same: the output is the input over the stride, rounded up. */
function convolve(graph, input, weight, bias, { stride, activation, depthwise = false }) {
  const [, height, width] = graph.shape(input);
  const channels = depthwise ? weight.shape[2] : weight.shape[0];
  const weightShape = depthwise ? [1, ...weight.shape] : weight.shape;
  const inputs = [input, graph.tensor('w', weightShape, weight.data), graph.tensor('b', [channels], bias.data)];
  const output = graph.tensor('map', [1, Math.ceil(height / stride), Math.ceil(width / stride), channels]);
  graph.operators.push({
    code: depthwise ? kOperator.DEPTHWISE_CONV_2D : kOperator.CONV_2D,
    inputs,
    output,
    options: (builder) => {
      builder.startObject(depthwise ? 7 : 6);
      builder.addFieldInt8(0, 0, 1);
      builder.addFieldInt32(1, stride, 0);
      builder.addFieldInt32(2, stride, 0);
      if (depthwise) {
        builder.addFieldInt32(3, 1, 0);
      }
      builder.addFieldInt8(depthwise ? 4 : 3, activation, 0);
      builder.addFieldInt32(depthwise ? 5 : 4, 1, 0);
      builder.addFieldInt32(depthwise ? 6 : 5, 1, 0);
      return [depthwise ? kOptions.DepthwiseConv2D : kOptions.Conv2D, builder.endObject()];
    },
  });
  return output;
}

function add(graph, left, right) {
  const output = graph.tensor('sum', graph.shape(left));
  graph.operators.push({
    code: kOperator.ADD,
    inputs: [left, right],
    output,
    options: (builder) => {
      builder.startObject(1);
      return [kOptions.Add, builder.endObject()];
    },
  });
  return output;
}

function globalMean(graph, input) {
  const axes = graph.tensor('axes', [2], new Int32Array([1, 2]));
  const output = graph.tensor('embedding', [1, graph.shape(input)[3]]);
  graph.operators.push({
    code: kOperator.MEAN,
    inputs: [input, axes],
    output,
    options: (builder) => {
      builder.startObject(1);
      builder.addFieldInt8(0, 0, 1);
      return [kOptions.Reducer, builder.endObject()];
    },
  });
  return output;
}

/** @param {Uint8Array} file a backbone .safetensors */
function mobilenetGraph(file) {
  const { metadata, tensors } = readSafetensors(file);
  const strides = metadata.block_strides.match(/\d+/g).map(Number);
  const size = Number(metadata.input_size);
  const graph = new Graph();
  const input = graph.tensor('input', [1, size, size, 3]);
  const layer = (from, name, options) =>
    convolve(graph, from, tensors.get(`${name}.weight`), tensors.get(`${name}.bias`), {
      stride: 1,
      activation: kRelu6,
      ...options,
    });
  let map = layer(input, 'stem', { stride: 2 });
  strides.forEach((stride, block) => {
    const before = map;
    if (tensors.has(`blocks.${block}.expand.weight`)) {
      map = layer(map, `blocks.${block}.expand`);
    }
    map = layer(map, `blocks.${block}.depthwise`, { stride, depthwise: true });
    map = layer(map, `blocks.${block}.project`, { activation: 0 });
    if (stride === 1 && graph.shape(before)[3] === graph.shape(map)[3]) {
      map = add(graph, before, map);
    }
  });
  const output = globalMean(graph, layer(map, 'last'));
  return { graph, input, output };
}

/**
 * @param {any} flatbuffers the npm package of that name
 * @param {Uint8Array} file a backbone .safetensors
 * @returns {Uint8Array} the same network as .tflite: [1, size, size, 3] normalised RGB to [1, embedding_dim]
 */
export function backboneToTflite(flatbuffers, file) {
  const { graph, input, output } = mobilenetGraph(file);
  const builder = new flatbuffers.Builder(1 << 22);

  const buffers = [null, ...graph.tensors.map((tensor) => tensor.data)].map((data) => {
    if (!data) {
      builder.startObject(1);
      return builder.endObject();
    }
    builder.startVector(1, data.length, 16);
    builder.space = builder.space - data.length;
    builder.bb.bytes().set(data, builder.space);
    const vector = builder.endVector();
    builder.startObject(1);
    builder.addFieldOffset(0, vector, 0);
    return builder.endObject();
  });

  const ints = (values) => {
    builder.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) {
      builder.addInt32(value);
    }
    return builder.endVector();
  };
  const offsets = (values) => {
    builder.startVector(4, values.length, 4);
    for (const value of [...values].reverse()) {
      builder.addOffset(value);
    }
    return builder.endVector();
  };

  const tensors = graph.tensors.map((tensor, index) => {
    const name = builder.createString(`${tensor.name}${index}`);
    const shape = ints(tensor.shape);
    builder.startObject(8);
    builder.addFieldOffset(0, shape, 0);
    builder.addFieldInt8(1, tensor.type, 0);
    builder.addFieldInt32(2, index + 1, 0);
    builder.addFieldOffset(3, name, 0);
    return builder.endObject();
  });

  const codes = [...new Set(graph.operators.map((operator) => operator.code))];
  const operators = graph.operators.map((operator) => {
    const inputs = ints(operator.inputs);
    const outputs = ints([operator.output]);
    const [optionsType, options] = operator.options(builder);
    builder.startObject(9);
    builder.addFieldInt32(0, codes.indexOf(operator.code), 0);
    builder.addFieldOffset(1, inputs, 0);
    builder.addFieldOffset(2, outputs, 0);
    builder.addFieldInt8(3, optionsType, 0);
    builder.addFieldOffset(4, options, 0);
    return builder.endObject();
  });

  const subgraphParts = [offsets(tensors), ints([input]), ints([output]), offsets(operators)];
  builder.startObject(5);
  subgraphParts.forEach((part, field) => {
    builder.addFieldOffset(field, part, 0);
  });
  const subgraph = builder.endObject();

  const operatorCodes = codes.map((code) => {
    builder.startObject(4);
    builder.addFieldInt8(0, code, 0);
    builder.addFieldInt32(2, 1, 1);
    builder.addFieldInt32(3, code, 0);
    return builder.endObject();
  });

  const modelParts = [offsets(operatorCodes), offsets([subgraph]), offsets(buffers)];
  builder.startObject(8);
  builder.addFieldInt32(0, 3, 0);
  builder.addFieldOffset(1, modelParts[0], 0);
  builder.addFieldOffset(2, modelParts[1], 0);
  builder.addFieldOffset(4, modelParts[2], 0);
  builder.finish(builder.endObject(), 'TFL3');
  return builder.asUint8Array().slice();
}
