// What a canvas gives back of pixels that were drawn: the same ones, or others (protection against fingerprinting).

/** @typedef {'trusted' | 'falsified' | 'missing'} Verdict */

export const SIZE_PX = 32;
const READINGS = 3;

/** @type {Compare} */
const same = (read, drawn) => (drawn.every((value, index) => value === read[index]) ? 'trusted' : 'falsified');

/** @typedef {(read: Uint8ClampedArray | Uint8Array, drawn: Uint8ClampedArray) => Verdict} Compare */

/**
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {Compare} [compare]
 * @returns {Verdict}
 */
export function verdictOn(canvas, compare = same) {
  canvas.width = SIZE_PX;
  canvas.height = SIZE_PX;
  const context = /** @type {CanvasRenderingContext2D | null} */ (
    canvas.getContext('2d', { willReadFrequently: true })
  );
  if (!context) {
    return 'missing';
  }
  /** @type {Verdict} */
  let verdict = 'trusted';
  for (let reading = 0; reading < READINGS; reading += 1) {
    const drawn = pattern(reading);
    // Half as pixels, half as shapes: some protections look away from what was only put there.
    context.putImageData(new ImageData(drawn, SIZE_PX, SIZE_PX), 0, 0);
    for (let pixel = 0; pixel < (SIZE_PX * SIZE_PX) / 2; pixel += 1) {
      const [red, green, blue] = drawn.subarray(4 * pixel);
      context.fillStyle = `rgb(${red},${green},${blue})`;
      context.fillRect(pixel % SIZE_PX, Math.floor(pixel / SIZE_PX), 1, 1);
    }
    if (compare(context.getImageData(0, 0, SIZE_PX, SIZE_PX).data, drawn) === 'falsified') {
      verdict = 'falsified';
    }
  }
  return verdict;
}

/**
 * Opaque pixels of every colour, without a pattern that a protection could recognise: opaque, because a canvas may
 * round the colour of a translucent one.
 *
 * @param {number} seed
 */
export function pattern(seed) {
  const pixels = new Uint8ClampedArray(4 * SIZE_PX * SIZE_PX);
  let state = 0x9e3779b9 ^ seed;
  for (let index = 0; index < pixels.length; index += 1) {
    // xorshift (Marsaglia 2003)
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    pixels[index] = index % 4 === 3 ? 255 : state & 0xff;
  }
  return pixels;
}
