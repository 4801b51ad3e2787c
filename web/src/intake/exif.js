// The one fact of EXIF that matters here: which way up the camera was held.

const ORIENTATION_TAG = 0x0112;

/**
 * Whether an upright view of a JPEG swaps its width and height (EXIF orientations 5 to 8).
 *
 * @param {DataView} app1 The content of an APP1 segment, after its length.
 */
export function turnsSideways(app1) {
  const orientation = orientationOf(app1);
  return orientation >= 5 && orientation <= 8;
}

/**
 * Reads the first directory of the TIFF structure inside (CIPA DC-008, 4.6); 1, upright, for anything malformed.
 *
 * @param {DataView} app1
 */
function orientationOf(app1) {
  const tiffAt = 6;
  if (app1.byteLength < tiffAt + 8 || app1.getUint32(0) !== 0x45786966) {
    return 1; // not "Exif"
  }
  const littleEndian = app1.getUint16(tiffAt) === 0x4949;
  const directoryAt = tiffAt + app1.getUint32(tiffAt + 4, littleEndian);
  if (directoryAt + 2 > app1.byteLength) {
    return 1;
  }
  const entryCount = app1.getUint16(directoryAt, littleEndian);
  for (let index = 0; index < entryCount; index += 1) {
    const entryAt = directoryAt + 2 + 12 * index;
    if (entryAt + 12 > app1.byteLength) {
      return 1;
    }
    if (app1.getUint16(entryAt, littleEndian) === ORIENTATION_TAG) {
      return app1.getUint16(entryAt + 8, littleEndian);
    }
  }
  return 1;
}
