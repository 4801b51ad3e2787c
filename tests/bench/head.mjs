// Applies an exported head file to embeddings: what any program outside would do.

import { readSafetensors } from './safetensors.mjs';

/**
 * @param {Uint8Array} file
 * @returns {{ labels: string[], logits: (embedding: Float32Array) => Float64Array }}
 */
export function readHead(file) {
  const { metadata, tensors } = readSafetensors(file);
  const layer = (name) => {
    const weight = tensors.get(`${name}.weight`);
    const bias = tensors.get(`${name}.bias`);
    if (!weight) {
      return null;
    }
    const [rows, columns] = weight.shape;
    return (input) =>
      Float64Array.from({ length: rows }, (_, row) => {
        let sum = bias ? bias.data[row] : 0;
        for (let column = 0; column < columns; column += 1) {
          sum += weight.data[row * columns + column] * input[column];
        }
        return sum;
      });
  };
  const hidden = layer('head.hidden');
  const last = /** @type {NonNullable<ReturnType<typeof layer>>} */ (layer('head'));
  return {
    labels: JSON.parse(metadata.labels),
    logits: (embedding) => last(hidden ? hidden(embedding).map((value) => Math.max(0, value)) : embedding),
  };
}
