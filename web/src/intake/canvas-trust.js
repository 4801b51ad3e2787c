// Whether this browser gives back the pixels that were drawn.
//
// Protection against fingerprinting (Brave, Firefox's strict modes, some extensions) adds noise to every picture that a
// page reads from a canvas, other noise each session: a model trained on it collapses, and nobody can see why.

const SIZE_PX = 32;
const READINGS = 3;

/**
 * How one way of getting pixels behaves here.
 *
 * @typedef {'trusted' | 'falsified' | 'missing'} Verdict
 */
/**
 * @typedef {object} CanvasTrust
 * @property {boolean} trusted Whether canvas pixels can be used; where not, `detail.videoFrame` says if there is another way.
 * @property {{ canvas: Verdict, offscreenCanvas: Verdict, videoFrame: Verdict, wrongBytes: number,
 *   largestDifference: number }} detail
 */

/**
 * Draws a pattern of known pixels, reads it back several times, and compares.
 *
 * @returns {Promise<CanvasTrust>}
 */
export async function checkCanvas() {
  const detail = {
    canvas: /** @type {Verdict} */ ('missing'),
    offscreenCanvas: /** @type {Verdict} */ ('missing'),
    videoFrame: /** @type {Verdict} */ ('missing'),
    wrongBytes: 0,
    largestDifference: 0,
  };
  /** @param {Uint8ClampedArray | Uint8Array} read @param {Uint8ClampedArray} drawn */
  const compare = (read, drawn) => {
    let wrongBytes = 0;
    for (let index = 0; index < drawn.length; index += 1) {
      const difference = Math.abs(read[index] - drawn[index]);
      if (difference > 0) {
        wrongBytes += 1;
        detail.largestDifference = Math.max(detail.largestDifference, difference);
      }
    }
    detail.wrongBytes += wrongBytes;
    return /** @type {Verdict} */ (wrongBytes === 0 ? 'trusted' : 'falsified');
  };
  if (typeof HTMLCanvasElement !== 'undefined') {
    detail.canvas = verdictOn(document.createElement('canvas'), compare);
  }
  if (typeof OffscreenCanvas !== 'undefined') {
    detail.offscreenCanvas = verdictOn(new OffscreenCanvas(SIZE_PX, SIZE_PX), compare);
  }
  detail.videoFrame = await verdictOnVideoFrame(compare).catch(() => 'missing');
  const verdicts = [detail.canvas, detail.offscreenCanvas];
  return { trusted: verdicts.includes('trusted') && !verdicts.includes('falsified'), detail };
}

/** @typedef {(read: Uint8ClampedArray | Uint8Array, drawn: Uint8ClampedArray) => Verdict} Compare */

/**
 * @param {HTMLCanvasElement | OffscreenCanvas} canvas
 * @param {Compare} compare
 * @returns {Verdict}
 */
function verdictOn(canvas, compare) {
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
 * @param {Compare} compare
 * @returns {Promise<Verdict>}
 */
async function verdictOnVideoFrame(compare) {
  const drawn = pattern(0);
  const frame = new VideoFrame(drawn, {
    format: 'RGBA',
    codedWidth: SIZE_PX,
    codedHeight: SIZE_PX,
    timestamp: 0,
  });
  try {
    const read = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
    await frame.copyTo(read, { format: 'RGBA' });
    return compare(read, drawn);
  } finally {
    frame.close();
  }
}

/**
 * Opaque pixels of every colour, without a pattern that a protection could recognise: opaque, because a canvas may
 * round the colour of a translucent one.
 *
 * @param {number} seed
 */
function pattern(seed) {
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
