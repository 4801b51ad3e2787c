// Which network a head file was trained on, as its first bytes say it: the engine reads the rest once that network is there.

const LENGTH_BYTES = 8;
const MOST_HEADER_BYTES = 1 << 24;

/**
 * @param {Uint8Array} file
 * @returns {string} empty where nothing says it
 */
export function networkOfHead(file) {
  try {
    const length = Number(new DataView(file.buffer, file.byteOffset, file.byteLength).getBigUint64(0, true));
    if (length > Math.min(MOST_HEADER_BYTES, file.length - LENGTH_BYTES)) {
      return '';
    }
    const header = JSON.parse(new TextDecoder().decode(file.subarray(LENGTH_BYTES, LENGTH_BYTES + length)));
    const { backbone, format } = header.__metadata__ ?? {};
    return typeof backbone === 'string' && String(format).startsWith('head/') ? backbone : '';
  } catch {
    return '';
  }
}
