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
    logits: (embedding) => {
      const read = metadata.transform ? transformed(embedding, metadata) : embedding;
      return last(hidden ? hidden(read).map((value) => Math.max(0, value)) : read);
    },
  };
}

/**
 * Each map, or the square roots of its features, divided by its length.
 * @param {Float32Array} embedding
 * @param {Record<string, string>} metadata
 */
function transformed(embedding, { transform, map_sizes: sizes }) {
  const values = Float32Array.from(embedding, (value) =>
    transform === 'root' ? Math.sqrt(Math.max(value, 0)) : value,
  );
  let begin = 0;
  for (const size of JSON.parse(sizes)) {
    const map = values.subarray(begin, begin + size);
    const length = Math.sqrt(map.reduce((sum, value) => sum + value * value, 0));
    map.forEach((value, at) => {
      map[at] = value / Math.max(length, 1e-6);
    });
    begin += size;
  }
  return values;
}
