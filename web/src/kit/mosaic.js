// A picture at the resolution of a layer's map: what "14 × 14" means, seen.

import { Directive, directive } from 'lit/directive.js';
import { noChange } from 'lit/html.js';

/** @typedef {{ picture: ImageBitmap | null, side: number }} Mosaic */

class MosaicDirective extends Directive {
  /** @type {ImageBitmap | null | undefined} */
  #drawn = undefined;
  #side = 0;

  /** @param {Mosaic} _mosaic */
  render(_mosaic) {
    return noChange;
  }

  /**
   * @override
   * @param {any} part
   * @param {[Mosaic]} values
   */
  update(part, [{ picture, side }]) {
    if (picture !== this.#drawn || side !== this.#side) {
      this.#drawn = picture;
      this.#side = side;
      paint(/** @type {HTMLCanvasElement} */ (part.element), picture, side);
    }
    return noChange;
  }
}

/** @param {HTMLCanvasElement} canvas @param {ImageBitmap | null} picture @param {number} side */
function paint(canvas, picture, side) {
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) {
    return;
  }
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  if (picture) {
    context.drawImage(picture, 0, 0, side, side);
    return;
  }
  // Nobody's picture yet: a ball on the ground.
  const ground = context.createLinearGradient(0, 0, 0, side);
  ground.addColorStop(0, '#c9d4de');
  ground.addColorStop(0.62, '#dfe6ec');
  ground.addColorStop(0.63, '#8b98a5');
  ground.addColorStop(1, '#73808d');
  context.fillStyle = ground;
  context.fillRect(0, 0, side, side);
  const ball = context.createRadialGradient(side * 0.42, side * 0.4, side * 0.04, side / 2, side / 2, side * 0.34);
  ball.addColorStop(0, '#ffffff');
  ball.addColorStop(1, '#2c3944');
  context.fillStyle = ball;
  context.beginPath();
  context.arc(side / 2, side / 2, side * 0.32, 0, 2 * Math.PI);
  context.fill();
}

/** `<canvas ${mosaic({ picture, side: 14 })}>` */
export const mosaic = directive(MosaicDirective);
