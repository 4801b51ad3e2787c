// The engine's side: turns a picture message into RGBA bytes, closing what it carried.

import { SIZE_PX, verdictOn } from '../shared/canvas-verdict.js';
import { HeadstartError } from '../shared/errors.js';
import { layOnWhite, requireCropInside } from '../shared/pixels.js';

/** @typedef {import('./engine.js').Frame} Frame */
/** @typedef {import('../headstart.d.ts').CropRectangle} CropRectangle */
/** @typedef {import('../client/images.js').FrameMessage} FrameMessage */

// A picture from a 12-megapixel camera is reduced by the platform before C++ sees it; below this, C++ alone resamples.
const LONGEST_SIDE_UNREDUCED = 2048;
const SHORT_SIDE_REDUCED = 512;
// Beyond this some browsers have no canvas, or lose the one that they have.
const LONGEST_SIDE_DRAWN = 16_384;

/** @type {boolean | undefined} */
let hasCanvas;

/** Whether bitmaps can be made and read here. Deno has a canvas by name, without the context that pictures are drawn in. */
export function canDraw() {
  hasCanvas ??=
    typeof createImageBitmap === 'function' &&
    typeof OffscreenCanvas === 'function' &&
    Boolean(contextOf(new OffscreenCanvas(1, 1)));
  return hasCanvas;
}

/** @param {OffscreenCanvas} canvas */
function contextOf(canvas) {
  try {
    return canvas.getContext('2d');
  } catch {
    return null;
  }
}

/** @type {OffscreenCanvas | undefined} */
let sharedCanvas;

/**
 * @param {FrameMessage} message
 * @param {CropRectangle} [crop]
 * @returns {Promise<Frame>}
 */
export async function readFrame(message, crop) {
  switch (message.kind) {
    case 'pixels':
      requireCropInside(crop, message.width, message.height);
      return { data: message.data, width: message.width, height: message.height, stride: message.stride, crop };
    case 'bitmap':
      return readBitmap(message.bitmap, crop);
    case 'video-frame':
      return readVideoFrame(message.frame, crop);
    case 'blob':
      return readBitmap(await decodeBlob(message.blob), crop);
  }
}

/**
 * @param {Blob} blob
 * @returns {Promise<ImageBitmap>} upright
 */
export async function decodeBlob(blob) {
  if (!canDraw()) {
    throw new HeadstartError(
      'unsupported',
      'this platform decodes no picture files: give { data, width, height } with RGBA bytes',
    );
  }
  try {
    // Upright is the default; older browsers had another one, the oldest do not know the word.
    return await createImageBitmap(blob, { imageOrientation: 'from-image' }).catch(() => createImageBitmap(blob));
  } catch {
    throw await undecodable(blob);
  }
}

/** @param {Blob} blob */
async function undecodable(blob) {
  const name = 'name' in blob ? `${blob.name} ` : '';
  const start = new Uint8Array(await blob.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...start);
  const common =
    text.startsWith('\xff\xd8') || text.startsWith('\x89PNG') || text.startsWith('GIF8') || text.startsWith('RIFF');
  if (common) {
    return new HeadstartError(
      'bad-file',
      `the picture ${name}is damaged: its first bytes are right, the rest cannot be read`,
    );
  }
  const kind = text.slice(4, 8) === 'ftyp' ? text.slice(8, 12) : blob.type || 'of an unknown kind';
  return new HeadstartError(
    'unsupported',
    `the file ${name}(${kind}) is no picture that this browser can read: JPEG, PNG and WebP always work`,
  );
}

/**
 * @param {ImageBitmap} bitmap is closed
 * @param {CropRectangle} [crop]
 * @returns {Promise<Frame>}
 */
export async function readBitmap(bitmap, crop) {
  try {
    requireCropInside(crop, bitmap.width, bitmap.height);
    if (canvasIsFalsified() && typeof VideoFrame === 'function' && bitmap.width <= LONGEST_SIDE_UNREDUCED) {
      const frame = await copyVideoFrame(new VideoFrame(bitmap, { timestamp: 0 }), crop);
      if (frame) {
        return frame;
      }
    }
    return drawAndRead(bitmap, bitmap.width, bitmap.height, crop);
  } finally {
    bitmap.close();
  }
}

/** @param {VideoFrame} frame is closed @param {CropRectangle} [crop] */
async function readVideoFrame(frame, crop) {
  try {
    const width = frame.displayWidth;
    const height = frame.displayHeight;
    requireCropInside(crop, width, height);
    // copyTo gives the coded pixels as they lie: no rotation, no scaling of non-square ones.
    const { rotation = 0, flip = false } = /** @type {any} */ (frame);
    const upright =
      rotation === 0 && !flip && frame.visibleRect?.width === width && frame.visibleRect?.height === height;
    if (upright) {
      const copied = await copyVideoFrame(frame.clone(), crop);
      if (copied) {
        return copied;
      }
    }
    return drawAndRead(frame, width, height, crop);
  } finally {
    frame.close();
  }
}

/**
 * @param {VideoFrame} frame is closed
 * @param {CropRectangle} [crop]
 * @returns {Promise<Frame | null>} null where the platform cannot
 */
async function copyVideoFrame(frame, crop) {
  try {
    if (!(await canCopyAsRgba())) {
      return null;
    }
    const { width, height } = /** @type {DOMRectReadOnly} */ (frame.visibleRect);
    const options = /** @type {VideoFrameCopyToOptions} */ ({ format: 'RGBA', colorSpace: 'srgb' });
    const data = new Uint8Array(frame.allocationSize(options));
    if (data.length < width * height * 4) {
      return null; // it keeps its own format
    }
    const [{ offset, stride }] = await frame.copyTo(data, options);
    const pixels = offset === 0 ? data : data.subarray(offset);
    if (frame.format === 'RGBA' || frame.format === 'BGRA') {
      layOnWhite(pixels, { width, height, stride });
    }
    return { data: pixels, width, height, stride, crop };
  } catch {
    return null;
  } finally {
    frame.close();
  }
}

/** @type {Promise<boolean> | undefined} */
let copiesAsRgba;

// Older browsers know copyTo but not its `format`, and would hand out blue for red without a word.
function canCopyAsRgba() {
  copiesAsRgba ??= (async () => {
    const bytes = new Uint8Array([10, 20, 30, 255, 10, 20, 30, 255, 10, 20, 30, 255, 10, 20, 30, 255]);
    const frame = new VideoFrame(bytes, { format: 'BGRX', codedWidth: 2, codedHeight: 2, timestamp: 0 });
    try {
      const copy = new Uint8Array(16);
      await frame.copyTo(copy, /** @type {VideoFrameCopyToOptions} */ ({ format: 'RGBA' }));
      return copy[0] === 30 && copy[1] === 20 && copy[2] === 10;
    } finally {
      frame.close();
    }
  })().catch(() => false);
  return copiesAsRgba;
}

/**
 * @param {ImageBitmap | VideoFrame} source
 * @param {number} width
 * @param {number} height
 * @param {CropRectangle} [crop]
 * @returns {Frame}
 */
function drawAndRead(source, width, height, crop) {
  const part = crop ?? drawnPart(width, height);
  const isLarge = Math.max(part.width, part.height) > LONGEST_SIDE_UNREDUCED;
  const scale = isLarge ? Math.min(1, SHORT_SIDE_REDUCED / Math.min(part.width, part.height)) : 1;
  const size = {
    width: Math.max(1, Math.round(part.width * scale)),
    height: Math.max(1, Math.round(part.height * scale)),
  };
  for (let isAgain = false; ; isAgain = true) {
    const context = canvasContext(size.width, size.height);
    context.fillStyle = '#fff'; // what is transparent shows on white
    context.fillRect(0, 0, size.width, size.height);
    context.imageSmoothingEnabled = scale !== 1;
    context.imageSmoothingQuality = 'high';
    context.drawImage(source, part.left, part.top, part.width, part.height, 0, 0, size.width, size.height);
    const { data } = context.getImageData(0, 0, size.width, size.height);
    if (data[3] !== 0) {
      return { data, ...size, stride: size.width * 4 };
    }
    // Nothing at all where there must be white at least: the browser has lost this canvas, and every later picture with it.
    sharedCanvas = undefined;
    if (isAgain) {
      throw new HeadstartError('unavailable', 'the browser lost its canvas while it read the picture');
    }
  }
}

/** All of it, or of a very long strip the square in the middle, which is what the engine looks at. @param {number} width @param {number} height */
function drawnPart(width, height) {
  if (Math.max(width, height) <= LONGEST_SIDE_DRAWN) {
    return { left: 0, top: 0, width, height };
  }
  const side = Math.min(width, height);
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), width: side, height: side };
}

/** @param {number} width @param {number} height */
export function canvasContext(width, height) {
  sharedCanvas ??= new OffscreenCanvas(width, height);
  if (sharedCanvas.width !== width) {
    sharedCanvas.width = width;
  }
  if (sharedCanvas.height !== height) {
    sharedCanvas.height = height;
  }
  const context = sharedCanvas.getContext('2d', { willReadFrequently: true });
  if (!context) {
    throw new HeadstartError('unsupported', 'this browser has no canvas in workers');
  }
  return context;
}

/** @type {boolean | undefined} */
let falsified;

/** Whether the browser alters what a canvas reads, as a protection against fingerprinting. */
export function canvasIsFalsified() {
  if (falsified !== undefined) {
    return falsified;
  }
  if (!canDraw()) {
    return false;
  }
  const verdict = verdictOn(new OffscreenCanvas(SIZE_PX, SIZE_PX));
  falsified = verdict === 'falsified';
  return falsified;
}
