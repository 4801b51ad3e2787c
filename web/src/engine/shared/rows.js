// A row: what the backbone saw in one picture, the features of all of its maps side by side. Whoever keeps rows has an engine
// back, after a crash or from a saved project, without embedding a single picture again.

/** `of`: see rowsOf. @typedef {{ of: string, values: Float32Array }} SampleRow */

/** Grows when rows of the same backbone come to mean something else. */
const ROW_VERSION = 2;

/**
 * Which backbone a row is of: rows of another one, or at another size or precision, are of no use.
 * @param {{ sha256: string, inputSize: number, precision: string }} backbone
 */
export const rowsOf = ({ sha256, inputSize, precision }) =>
  `${ROW_VERSION}:${sha256}:${inputSize}${precision === 'int8' ? ':int8' : ''}`;
