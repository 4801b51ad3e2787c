// Whether this browser gives back the pixels that were drawn.
//
// Protection against fingerprinting (Brave, Firefox's strict modes, some extensions) adds noise to every picture that a
// page reads from a canvas, other noise each session: a model trained on it collapses, and nobody can see why.

import { pattern, SIZE_PX, verdictOn } from '../engine/shared/canvas-verdict.js';

/** How one way of getting pixels behaves here. @typedef {import('../engine/shared/canvas-verdict.js').Verdict} Verdict */
/** @typedef {import('../engine/shared/canvas-verdict.js').Compare} Compare */
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
