// Paints a map of pictures: each a mark of its class's shape and colour, and a small picture where there is room for one.

import { SHAPE_PATHS } from './token.js';

/** @typedef {import('./scatter.js').ScatterPoint} ScatterPoint */
/** @typedef {import('./plane.js').Place} Place */

const MARK_PX = 13;
export const PICTURE_PX = 44;
const FRAME_PX = 3;
const BADGE_PX = 15;
const SLOTS = 8;

export class ScatterPainter {
  #context;
  #ratio = 1;
  /** Drawn once and copied from then on: shapes by slot, and the signs. @type {Map<string, HTMLCanvasElement>} */
  #stamps = new Map();
  /** @type {Record<string, string>} */
  #colours = {};

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  }

  /** @param {number} width @param {number} height in CSS pixels */
  begin(width, height) {
    const { canvas } = this.#context;
    const ratio = Math.min(2, globalThis.devicePixelRatio || 1);
    const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
    if (canvas.width !== size.width || canvas.height !== size.height) {
      Object.assign(canvas, size);
    }
    if (ratio !== this.#ratio) {
      this.#ratio = ratio;
      this.#stamps.clear();
    }
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.#context.clearRect(0, 0, width, height);
  }

  /** Colours are read anew when the theme has changed. */
  readColours() {
    const style = getComputedStyle(this.#context.canvas);
    const names = ['--surface', '--ink', '--ink-inverse', '--focus', '--line-strong'];
    for (let slot = 1; slot <= SLOTS; slot += 1) {
      names.push(`--class-${slot}`, `--class-${slot}-ink`);
    }
    const colours = Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name).trim()]));
    if (JSON.stringify(colours) !== JSON.stringify(this.#colours)) {
      this.#colours = colours;
      this.#stamps.clear();
    }
  }

  /**
   * @param {string} key
   * @param {number} side
   * @param {(context: CanvasRenderingContext2D) => void} draw
   */
  #stamp(key, side, draw) {
    let stamp = this.#stamps.get(key);
    if (!stamp) {
      stamp = document.createElement('canvas');
      stamp.width = Math.ceil(side * this.#ratio);
      stamp.height = stamp.width;
      const context = /** @type {CanvasRenderingContext2D} */ (stamp.getContext('2d'));
      context.scale(stamp.width / side, stamp.width / side);
      draw(context);
      this.#stamps.set(key, stamp);
    }
    return stamp;
  }

  /** @param {number} slot @param {number} side */
  #shape(slot, side) {
    return this.#stamp(`shape ${slot} ${side}`, side, (context) => {
      const inner = side - 2;
      context.translate(1, 1);
      context.scale(inner / 28, inner / 28);
      const path = new Path2D(SHAPE_PATHS[(slot - 1) % SHAPE_PATHS.length]);
      context.fillStyle = this.#colours[`--class-${slot}`];
      context.strokeStyle = this.#colours['--surface'];
      context.lineWidth = 28 / inner;
      context.fill(path);
      context.stroke(path);
    });
  }

  /** A question mark for what was taken for something else, two lines for what shows the same as another. @param {'doubt' | 'twin'} kind */
  #badge(kind) {
    return this.#stamp(kind, BADGE_PX, (context) => {
      const middle = BADGE_PX / 2;
      context.fillStyle = this.#colours[kind === 'doubt' ? '--ink' : '--surface'];
      context.strokeStyle = this.#colours[kind === 'doubt' ? '--surface' : '--ink'];
      context.lineWidth = 1.5;
      context.beginPath();
      if (kind === 'doubt') {
        context.arc(middle, middle, middle - 1, 0, 2 * Math.PI);
      } else {
        context.rect(1, 1, BADGE_PX - 2, BADGE_PX - 2);
      }
      context.fill();
      context.stroke();
      if (kind === 'doubt') {
        context.fillStyle = this.#colours['--ink-inverse'];
        context.font = `700 ${BADGE_PX - 4}px system-ui, sans-serif`;
        context.textAlign = 'center';
        context.textBaseline = 'middle';
        context.fillText('?', middle, middle + 0.5);
      } else {
        context.beginPath();
        context.moveTo(4, middle - 2);
        context.lineTo(BADGE_PX - 4, middle - 2);
        context.moveTo(4, middle + 2);
        context.lineTo(BADGE_PX - 4, middle + 2);
        context.stroke();
      }
    });
  }

  /** @param {HTMLCanvasElement} stamp @param {number} x @param {number} y of its middle @param {number} side */
  #put(stamp, x, y, side) {
    this.#context.drawImage(stamp, x - side / 2, y - side / 2, side, side);
  }

  /** @param {ScatterPoint} point @param {Place} at @param {boolean} isChosen */
  mark({ slot, isDoubtful, isTwin }, at, isChosen) {
    if (isChosen) {
      this.#ring(at, MARK_PX / 2 + 3);
    }
    this.#put(this.#shape(slot, MARK_PX), at.x, at.y, MARK_PX);
    this.#badges(isDoubtful, isTwin, at, MARK_PX / 2);
  }

  /** @param {boolean} isDoubtful @param {boolean} isTwin @param {Place} at @param {number} out */
  #badges(isDoubtful, isTwin, { x, y }, out) {
    if (isDoubtful) {
      this.#put(this.#badge('doubt'), x + out, y - out, BADGE_PX);
    }
    if (isTwin) {
      this.#put(this.#badge('twin'), x + out, y + out, BADGE_PX);
    }
  }

  /** @param {Place} at @param {number} radius */
  #ring({ x, y }, radius) {
    const context = this.#context;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.lineWidth = 4;
    context.strokeStyle = this.#colours['--focus'];
    context.stroke();
  }

  /**
   * @param {ScatterPoint} point
   * @param {Place} at
   * @param {{ image: CanvasImageSource, left: number, top: number, side: number }} thumb
   * @param {boolean} isChosen
   */
  picture({ slot, isDoubtful, isTwin }, { x, y }, { image, left, top, side }, isChosen) {
    const context = this.#context;
    const half = PICTURE_PX / 2;
    const square = (/** @type {string} */ colour, /** @type {number} */ beyond) => {
      context.fillStyle = this.#colours[colour];
      const outer = half + beyond;
      context.fillRect(x - outer, y - outer, 2 * outer, 2 * outer);
    };
    if (isChosen) {
      square('--focus', FRAME_PX + 6);
      square('--surface', FRAME_PX + 2);
    }
    square(`--class-${slot}`, FRAME_PX);
    context.drawImage(image, left, top, side, side, x - half, y - half, PICTURE_PX, PICTURE_PX);
    this.#put(this.#shape(slot, 18), x - half, y - half, 18);
    this.#badges(isDoubtful, isTwin, { x, y }, half);
  }

  /** Where the keys are. @param {Place} at @param {boolean} isPicture */
  focus({ x, y }, isPicture) {
    const context = this.#context;
    const half = isPicture ? PICTURE_PX / 2 + 8 : MARK_PX / 2 + 5;
    for (const [colour, width] of /** @type {const} */ ([
      ['--surface', 5],
      ['--focus', 3],
    ])) {
      context.strokeStyle = this.#colours[colour];
      context.lineWidth = width;
      context.strokeRect(x - half, y - half, 2 * half, 2 * half);
    }
  }

  /** @param {readonly Place[]} line that a pointer has drawn */
  lasso(line) {
    const context = this.#context;
    context.beginPath();
    for (const { x, y } of line) {
      context.lineTo(x, y);
    }
    context.closePath();
    context.globalAlpha = 0.14;
    context.fillStyle = this.#colours['--focus'];
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 2;
    context.strokeStyle = this.#colours['--focus'];
    context.setLineDash([6, 4]);
    context.stroke();
    context.setLineDash([]);
  }
}
