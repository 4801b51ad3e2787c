// A map of pictures that can be walked with a pointer, two fingers or keys, and on which some can be surrounded by a line.

import { nextInDirection, Plane, surrounds, withRoom } from './plane.js';
import { PICTURE_PX, ScatterPainter } from './scatter-painter.js';

/** @typedef {import('./plane.js').Place} Place */
/** @typedef {{ sampleId: number, slot: number, x: number, y: number, isDoubtful: boolean, isTwin: boolean }} ScatterPoint */
/**
 * @typedef {object} ScatterWays
 * @property {(sampleId: number | null, at: Place) => void} onLook What is pointed at, or where the keys are.
 * @property {(sampleId: number) => void} onOpen
 * @property {(sampleIds: number[], isMore: boolean) => void} onChoose Surrounded; `isMore`: besides those that are chosen.
 * @property {(sampleId: number) => void} onToggle
 * @property {() => void} onDelete
 * @property {(sampleId: number) => { image: CanvasImageSource, left: number, top: number, side: number } | null} thumbOf null: not yet; it is asked for.
 */

const STILL_PX = 5;
const NEAR_PX = 14;
const WHEEL = 0.0016;
const KEY_ZOOM = 1.4;
const KEY_PAN_PX = 60;
/** Pictures keep the room that they have while the scale changes by less. */
const SCALE_STEP = Math.SQRT2;
/** @type {Record<string, Place>} */
const ARROWS = {
  ArrowRight: { x: 1, y: 0 },
  ArrowLeft: { x: -1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};

export class Scatter {
  element = document.createElement('canvas');
  #plane = new Plane();
  #painter = new ScatterPainter(this.element);
  /** @type {readonly ScatterPoint[]} */
  #points = [];
  /** @type {ReadonlySet<number>} */
  #chosen = new Set();
  /** Of the points. @type {number | null} */
  #focus = null;
  #hasFocus = false;
  /** Where a pointer that is down has been. @type {Map<number, Place>} */
  #down = new Map();
  /** @type {Place[] | null} */
  #lasso = null;
  #hasMoved = false;
  #isDue = false;
  #isFitted = false;
  /** What shows its picture, at which scale, and whether that is still so. */
  #shown = { step: Number.NaN, indices: /** @type {Set<number>} */ (new Set()) };
  #ways;
  /** What a drag does: surround, or move the plane. @type {'choose' | 'pan'} */
  mode = 'choose';

  /** @param {ScatterWays} ways */
  constructor(ways) {
    this.#ways = ways;
    const { element } = this;
    element.tabIndex = 0;
    element.addEventListener('pointerdown', (event) => this.#onDown(event));
    element.addEventListener('pointermove', (event) => this.#onMove(event));
    element.addEventListener('pointerup', (event) => this.#onUp(event));
    element.addEventListener('pointercancel', (event) => this.#drop(event));
    element.addEventListener('pointerleave', () => this.#ways.onLook(null, { x: 0, y: 0 }));
    element.addEventListener('wheel', (event) => this.#onWheel(event), { passive: false });
    element.addEventListener('keydown', (event) => this.#onKey(event));
    element.addEventListener('focus', () => this.#setFocused(element.matches(':focus-visible')));
    element.addEventListener('blur', () => this.#setFocused(false));
    new ResizeObserver(() => this.#measure()).observe(element);
  }

  /** @param {readonly ScatterPoint[]} points @param {ReadonlySet<number>} chosen */
  show(points, chosen) {
    const focused = this.#focus === null ? null : this.#points[this.#focus]?.sampleId;
    this.#points = points;
    this.#chosen = chosen;
    const index = points.findIndex(({ sampleId }) => sampleId === focused);
    this.#focus = index < 0 ? null : index;
    this.#shown.step = Number.NaN;
    if (!this.#isFitted && points.length > 0) {
      this.fit();
    }
    this.draw();
  }

  /** Everything in sight again. */
  fit() {
    if (this.#plane.width > 1) {
      this.#isFitted = this.#points.length > 0;
      this.#plane.fit(this.#points);
      this.draw();
    }
  }

  /** The next points are another map. */
  forgetPlace() {
    this.#isFitted = false;
    this.#focus = null;
  }

  /** @param {number} factor */
  zoomBy(factor) {
    this.#plane.zoomBy(factor);
    this.draw();
  }

  /** Once, with the next frame. */
  draw() {
    if (!this.#isDue) {
      this.#isDue = true;
      requestAnimationFrame(() => {
        this.#isDue = false;
        this.#paint();
      });
    }
  }

  #measure() {
    const { clientWidth, clientHeight } = this.element;
    if (clientWidth > 0 && clientHeight > 0) {
      const isWhole = !this.#isFitted || Math.abs(this.#plane.zoom - 1) < 0.01;
      this.#plane.resize(clientWidth, clientHeight);
      // Who has come closer stays there.
      (isWhole ? this.fit : this.draw).call(this);
    }
  }

  #paint() {
    const { width, height } = this.#plane;
    if (width <= 1) {
      return;
    }
    this.#painter.readColours();
    this.#painter.begin(width, height);
    this.#chooseShown();
    const half = PICTURE_PX;
    const places = this.#points.map((point) => this.#plane.toWindow(point));
    const isIn = (/** @type {Place} */ { x, y }) => x > -half && y > -half && x < width + half && y < height + half;
    const large = [];
    for (const [index, point] of this.#points.entries()) {
      if (!isIn(places[index])) {
        continue;
      }
      if (this.#shown.indices.has(index)) {
        large.push(index);
      } else {
        this.#painter.mark(point, places[index], this.#chosen.has(point.sampleId));
      }
    }
    for (const index of large) {
      const point = this.#points[index];
      const thumb = this.#ways.thumbOf(point.sampleId);
      if (thumb) {
        this.#painter.picture(point, places[index], thumb, this.#chosen.has(point.sampleId));
      } else {
        this.#painter.mark(point, places[index], this.#chosen.has(point.sampleId));
      }
    }
    if (this.#focus !== null && this.#hasFocus) {
      this.#painter.focus(places[this.#focus], this.#shown.indices.has(this.#focus));
    }
    if (this.#lasso) {
      this.#painter.lasso(this.#lasso);
    }
  }

  /** Which pictures have room at this scale: those that may be wrong choose first. */
  #chooseShown() {
    const step = Math.floor(Math.log(this.#plane.scale) / Math.log(SCALE_STEP));
    if (step === this.#shown.step) {
      return;
    }
    const order = [...this.#points.keys()].sort(
      (a, b) => Number(this.#points[b].isDoubtful) - Number(this.#points[a].isDoubtful) || a - b,
    );
    const kept = withRoom(
      order.map((index) => ({ x: this.#points[index].x * this.#plane.stretch, y: this.#points[index].y })),
      (PICTURE_PX + 8) / SCALE_STEP ** step,
    );
    this.#shown = { step, indices: new Set([...kept].map((rank) => order[rank])) };
  }

  /** The point at a place of the window, those with pictures before those without. @param {Place} at */
  #pointAt(at) {
    let [found, least] = [/** @type {number | null} */ (null), NEAR_PX];
    for (const [index, point] of this.#points.entries()) {
      const { x, y } = this.#plane.toWindow(point);
      const distance = Math.hypot(x - at.x, y - at.y);
      const isOn =
        this.#shown.indices.has(index) && Math.max(Math.abs(x - at.x), Math.abs(y - at.y)) <= PICTURE_PX / 2 + 3;
      const rank = isOn ? distance - PICTURE_PX : distance;
      if (rank < least) {
        [found, least] = [index, rank];
      }
    }
    return found;
  }

  /** @param {MouseEvent} event @returns {Place} */
  #placeOf({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  /** @param {PointerEvent} event */
  #onDown(event) {
    if (event.button > 1) {
      return;
    }
    this.element.setPointerCapture(event.pointerId);
    const at = this.#placeOf(event);
    this.#down.set(event.pointerId, at);
    this.#hasMoved = this.#down.size > 1;
    // A second finger is for moving and zooming; so is the wheel's button.
    this.#lasso = this.mode === 'choose' && this.#down.size === 1 && event.button === 0 ? [at] : null;
  }

  /** @param {PointerEvent} event */
  #onMove(event) {
    const at = this.#placeOf(event);
    const before = this.#down.get(event.pointerId);
    if (!before) {
      const index = event.pointerType === 'touch' ? null : this.#pointAt(at);
      this.element.classList.toggle('is-over', index !== null);
      this.#ways.onLook(index === null ? null : this.#points[index].sampleId, at);
      return;
    }
    if (!this.#hasMoved && Math.hypot(at.x - before.x, at.y - before.y) < STILL_PX) {
      return;
    }
    this.#hasMoved = true;
    this.#ways.onLook(null, at);
    if (this.#lasso) {
      this.#lasso.push(at);
    } else {
      this.#moveBy(event.pointerId, before, at);
    }
    this.#down.set(event.pointerId, at);
    this.draw();
  }

  /** @param {number} pointerId @param {Place} before @param {Place} at */
  #moveBy(pointerId, before, at) {
    const other = [...this.#down].find(([id]) => id !== pointerId)?.[1];
    if (!other) {
      this.#plane.pan(at.x - before.x, at.y - before.y);
      return;
    }
    this.#plane.pan((at.x - before.x) / 2, (at.y - before.y) / 2);
    const apart = Math.hypot(at.x - other.x, at.y - other.y) / Math.hypot(before.x - other.x, before.y - other.y);
    this.#plane.zoomBy(Math.min(2, Math.max(0.5, apart || 1)), { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 });
  }

  /** @param {PointerEvent} event */
  #onUp(event) {
    if (!this.#down.has(event.pointerId)) {
      return;
    }
    const isMore = event.shiftKey || event.ctrlKey || event.metaKey;
    const line = this.#lasso;
    const hasMoved = this.#hasMoved;
    this.#drop(event);
    if (hasMoved && line) {
      const inside = this.#points.filter((point) => surrounds(line, this.#plane.toWindow(point)));
      this.#ways.onChoose(
        inside.map(({ sampleId }) => sampleId),
        isMore,
      );
    } else if (!hasMoved) {
      this.#press(this.#pointAt(this.#placeOf(event)), isMore);
    }
  }

  /** @param {number | null} index @param {boolean} isMore */
  #press(index, isMore) {
    if (index === null) {
      if (!isMore) {
        this.#ways.onChoose([], false);
      }
    } else if (isMore) {
      this.#ways.onToggle(this.#points[index].sampleId);
    } else {
      this.#focus = index;
      this.#ways.onOpen(this.#points[index].sampleId);
    }
  }

  /** @param {PointerEvent} event */
  #drop({ pointerId }) {
    this.#down.delete(pointerId);
    this.#lasso = null;
    this.draw();
  }

  /** @param {WheelEvent} event */
  #onWheel(event) {
    event.preventDefault();
    this.#plane.zoomBy(Math.exp(-event.deltaY * WHEEL), this.#placeOf(event));
    this.#ways.onLook(null, { x: 0, y: 0 });
    this.draw();
  }

  /** @param {boolean} hasFocus */
  #setFocused(hasFocus) {
    this.#hasFocus = hasFocus;
    if (!hasFocus) {
      this.#ways.onLook(null, { x: 0, y: 0 });
    }
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const arrow = ARROWS[event.key];
    if (arrow && event.shiftKey) {
      this.#plane.pan(-arrow.x * KEY_PAN_PX, arrow.y * KEY_PAN_PX);
    } else if (arrow) {
      this.#step(arrow);
    } else if (event.key === '+' || event.key === '=') {
      this.#plane.zoomBy(KEY_ZOOM);
    } else if (event.key === '-') {
      this.#plane.zoomBy(1 / KEY_ZOOM);
    } else if (event.key === '0') {
      this.fit();
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      this.#ways.onDelete();
    } else if ((event.key === 'Enter' || event.key === ' ') && this.#focus !== null) {
      const { sampleId } = this.#points[this.#focus];
      (event.key === ' ' ? this.#ways.onToggle : this.#ways.onOpen)(sampleId);
    } else {
      return;
    }
    this.#hasFocus = true;
    event.preventDefault();
    event.stopPropagation(); // letters and digits are shortcuts of the page
    this.draw();
  }

  /** @param {Place} direction */
  #step(direction) {
    if (this.#points.length === 0) {
      return;
    }
    const middle = { x: this.#plane.width / 2, y: this.#plane.height / 2 };
    this.#focus =
      this.#focus === null ? this.#nearestTo(middle) : nextInDirection(this.#points, this.#focus, direction);
    const point = this.#points[this.#focus];
    this.#plane.bringIn(point);
    this.#ways.onLook(point.sampleId, this.#plane.toWindow(point));
  }

  /** @param {Place} at */
  #nearestTo(at) {
    const distance = (/** @type {ScatterPoint} */ point) => {
      const { x, y } = this.#plane.toWindow(point);
      return Math.hypot(x - at.x, y - at.y);
    };
    return this.#points.reduce(
      (best, point, index) => (distance(point) < distance(this.#points[best]) ? index : best),
      0,
    );
  }
}
