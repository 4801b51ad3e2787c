// A Keras MobileNetV2 as TensorFlow.js stores it (model.json and weights.bin in a zip): its batch norm is folded into the
// convolutions.

import { unzipSync } from 'fflate';
import { layersOf, sizeOf } from './mobilenet-v2.mjs';

/** Keras' default for MobileNetV2 (keras.applications.mobilenet_v2). */
const EPSILON = 0.001;

/** @typedef {{ name: string, shape: number[], dtype: string }} WeightEntry */

/**
 * @param {Uint8Array} zip
 * @param {number} widthMultiplier
 * @returns {import('./safetensors.mjs').Tensor[]}
 */
export function readKerasZip(zip, widthMultiplier) {
  const files = unzipSync(zip, {
    filter: ({ name }) => /(^|\/)(model\.json|weights\.bin)$/.test(name),
  });
  /** @param {string} name */
  const find = (name) => {
    const path = Object.keys(files).find((each) => each === name || each.endsWith(`/${name}`));
    if (!path) {
      throw new Error(`expected ${name} in the archive, found ${Object.keys(files).join(', ') || 'nothing'}`);
    }
    return files[path];
  };
  const { weightsManifest } = JSON.parse(new TextDecoder().decode(find('model.json')));
  const weights = splitWeights(weightsManifest, find('weights.bin'));
  return layersOf(widthMultiplier).flatMap((layer) => fold(layer, weights));
}

/**
 * @param {{ weights: WeightEntry[] }[]} manifest
 * @param {Uint8Array} bytes All arrays, one after the other in the manifest's order.
 */
function splitWeights(manifest, bytes) {
  /** @type {Map<string, Float32Array>} */
  const weights = new Map();
  let at = 0;
  for (const { name, shape, dtype } of manifest.flatMap((group) => group.weights)) {
    if (dtype !== 'float32') {
      throw new Error(`expected float32 numbers in ${name}, got ${dtype}`);
    }
    const end = at + 4 * sizeOf(shape);
    if (end > bytes.length) {
      throw new Error(`expected ${end} bytes of weights, got ${bytes.length}`);
    }
    weights.set(name, new Float32Array(new Uint8Array(bytes.subarray(at, end)).buffer));
    at = end;
  }
  return weights;
}

/**
 * weight' = weight · s and bias' = beta - mean · s, with s = gamma / sqrt(variance + epsilon).
 *
 * @param {import('./mobilenet-v2.mjs').Layer} layer
 * @param {Map<string, Float32Array>} weights
 */
function fold({ name, isDepthwise, shape }, weights) {
  const keras = kerasNames(name);
  /** @param {string} key */
  const get = (key) => {
    const values = weights.get(key);
    if (!values) {
      throw new Error(`expected ${key} in the model, found no such weights`);
    }
    return values;
  };
  const kernel = get(`${keras.layer}/${isDepthwise ? 'depthwise_kernel' : 'kernel'}`);
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((key) =>
    get(`${keras.norm}/${key}`),
  );
  const channels = gamma.length;
  const expected = isDepthwise ? shape[2] : shape[0];
  if (channels !== expected || kernel.length !== sizeOf(shape)) {
    throw new Error(`expected ${name} with ${expected} channels, got ${channels}`);
  }
  const scale = Float64Array.from(gamma, (value, index) => value / Math.sqrt(variance[index] + EPSILON));
  const bias = Float32Array.from(beta, (value, index) => value - mean[index] * scale[index]);
  const folded = new Float32Array(kernel.length);
  const perChannel = kernel.length / channels;
  for (let index = 0; index < kernel.length; index += 1) {
    // Keras has the output channel last: as ours where it is depthwise, else it comes first here.
    const channel = index % channels;
    const inner = (index - channel) / channels;
    folded[isDepthwise ? index : channel * perChannel + inner] = kernel[index] * scale[channel];
  }
  return [
    { name: `${name}.weight`, shape, values: folded },
    { name: `${name}.bias`, shape: [channels], values: bias },
  ];
}

/** @param {string} name */
function kerasNames(name) {
  if (name === 'stem') {
    return { layer: 'Conv1', norm: 'bn_Conv1' };
  }
  if (name === 'last') {
    return { layer: 'Conv_1', norm: 'Conv_1_bn' };
  }
  const [, block, part] = name.split('.');
  const prefix = block === '0' ? 'expanded_conv' : `block_${block}`;
  return { layer: `${prefix}_${part}`, norm: `${prefix}_${part}_BN` };
}
