// What was read from the disk: whether it is what was written, and pictures put beside their rows.

import { crc32 } from '../engine/shared/crc32.js';

/** @param {unknown} bytes @param {unknown} check */
export function isWhole(bytes, check) {
  return bytes instanceof ArrayBuffer && bytes.byteLength > 0 && crc32(new Uint8Array(bytes)) === check;
}

/**
 * Pictures with what the backbone saw in them, and those of which that is not known.
 *
 * @param {Map<number, Blob>} pictures
 * @param {Map<number, ArrayBuffer>} seen
 */
export function joined(pictures, seen) {
  const length = seen.values().next().value?.byteLength ?? 0;
  const withRows = [...pictures].filter(([sampleId]) => seen.get(sampleId)?.byteLength === length && length > 0);
  const rows = new Float32Array((withRows.length * length) / 4); // [with_rows, feature_count]
  for (const [index, [sampleId]] of withRows.entries()) {
    rows.set(new Float32Array(/** @type {ArrayBuffer} */ (seen.get(sampleId))), (index * length) / 4);
  }
  const known = new Set(withRows.map(([sampleId]) => sampleId));
  return {
    withRows: withRows.map(([sampleId, picture]) => ({ sampleId, picture })),
    rows,
    withoutRows: [...pictures].filter(([id]) => !known.has(id)).map(([sampleId, picture]) => ({ sampleId, picture })),
  };
}
