// NumPy's file of one array (numpy.lib.format, versions 1 to 3).

/**
 * @param {Uint8Array} bytes
 * @returns {Float32Array}
 */
export function readNpy(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = String.fromCharCode(...bytes.subarray(0, 6));
  if (bytes.length < 12 || magic !== '\x93NUMPY') {
    throw new Error('expected a file of NumPy, got something else');
  }
  const isVersion1 = bytes[6] === 1;
  const headerAt = isVersion1 ? 10 : 12;
  const headerBytes = isVersion1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const header = new TextDecoder().decode(bytes.subarray(headerAt, headerAt + headerBytes));
  if (!/'descr': *'[<|]f4'/.test(header) || /'fortran_order': *True/.test(header)) {
    throw new Error(`expected little-endian float32 in C order, got ${header.trim()}`);
  }
  // A copy: its numbers must begin where a float32 may.
  const content = new Uint8Array(bytes.subarray(headerAt + headerBytes));
  if (content.length % 4 !== 0) {
    throw new Error(`expected whole float32 numbers, got ${content.length} bytes`);
  }
  return new Float32Array(content.buffer);
}
