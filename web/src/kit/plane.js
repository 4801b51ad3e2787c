// Points in a plane that is looked at through a window: what lies where, what is near, what a line surrounds.

/** @typedef {{ x: number, y: number }} Place */

const MARGIN_PX = 44;
const [LEAST_ZOOM, MOST_ZOOM] = [0.5, 40];
/** A wide window is filled by drawing one direction out, so far and no farther. */
const MOST_STRETCHED = 2;

export class Plane {
  width = 1;
  height = 1;
  /** What is in the middle of the window. */
  #centre = { x: 0, y: 0 };
  /** Pixels for one unit upwards. */
  scale = 1;
  /** How many times as much sideways. */
  stretch = 1;
  /** With which everything fits in. */
  #whole = 1;

  /** @param {number} width @param {number} height */
  resize(width, height) {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
  }

  get zoom() {
    return this.scale / this.#whole;
  }

  /** Shows them all. @param {readonly Place[]} places @param {number} [zoom] how much more of the middle */
  fit(places, zoom = 1) {
    const [left, right] = rangeOf(places, 'x');
    const [low, high] = rangeOf(places, 'y');
    this.#centre = { x: (left + right) / 2, y: (low + high) / 2 };
    const across = (this.width - 2 * MARGIN_PX) / Math.max(right - left, 1e-3);
    const up = (this.height - 2 * MARGIN_PX) / Math.max(high - low, 1e-3);
    this.stretch = Math.min(MOST_STRETCHED, Math.max(1 / MOST_STRETCHED, across / up));
    this.#whole = Math.max(1e-3, Math.min(across / this.stretch, up));
    this.scale = this.#whole * zoom;
  }

  /** In pixels of the window; upwards is up. @param {Place} place */
  toWindow({ x, y }) {
    return {
      x: this.width / 2 + (x - this.#centre.x) * this.scale * this.stretch,
      y: this.height / 2 - (y - this.#centre.y) * this.scale,
    };
  }

  /** @param {number} across @param {number} down in pixels */
  pan(across, down) {
    this.#centre.x -= across / (this.scale * this.stretch);
    this.#centre.y += down / this.scale;
  }

  /** What lies at this place of the window stays there. @param {number} factor @param {Place} [at] */
  zoomBy(factor, at = { x: this.width / 2, y: this.height / 2 }) {
    const scale = Math.min(MOST_ZOOM * this.#whole, Math.max(LEAST_ZOOM * this.#whole, this.scale * factor));
    const [across, down] = [at.x - this.width / 2, at.y - this.height / 2];
    this.#centre.x += (across / this.scale - across / scale) / this.stretch;
    this.#centre.y -= down / this.scale - down / scale;
    this.scale = scale;
  }

  /** Pans as little as it takes to bring a place well into the window. @param {Place} place */
  bringIn(place) {
    const { x, y } = this.toWindow(place);
    const [right, bottom] = [this.width - MARGIN_PX, this.height - MARGIN_PX];
    this.pan(Math.min(0, right - x) + Math.max(0, MARGIN_PX - x), Math.min(0, bottom - y) + Math.max(0, MARGIN_PX - y));
  }
}

/** @param {readonly Place[]} places @param {'x' | 'y'} axis @returns {[number, number]} */
function rangeOf(places, axis) {
  let [least, most] = [Infinity, -Infinity];
  for (const place of places) {
    least = Math.min(least, place[axis]);
    most = Math.max(most, place[axis]);
  }
  return least <= most ? [least, most] : [0, 0];
}

/**
 * Which place lies next in a direction: near ones first, those off to the side later.
 *
 * @param {readonly Place[]} places
 * @param {number} from index
 * @param {Place} direction of length 1
 * @returns {number} index; `from` where there is none
 */
export function nextInDirection(places, from, direction) {
  let [found, least] = [from, Infinity];
  const start = places[from];
  for (const [index, { x, y }] of places.entries()) {
    const [across, up] = [x - start.x, y - start.y];
    const ahead = across * direction.x + up * direction.y;
    const aside = Math.abs(across * direction.y - up * direction.x);
    const cost = ahead + 2 * aside;
    if (index !== from && ahead > 0 && aside <= 2 * ahead && cost < least) {
      [found, least] = [index, cost];
    }
  }
  return found;
}

/** Whether a closed line goes round a place: a ray to the right crosses it an odd number of times. @param {readonly Place[]} line @param {Place} place */
export function surrounds(line, { x, y }) {
  let isInside = false;
  for (let index = 0, before = line.length - 1; index < line.length; before = index, index += 1) {
    const [a, b] = [line[index], line[before]];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) {
      isInside = !isInside;
    }
  }
  return isInside;
}

/**
 * Of many places those that have room for a picture, the first ones first.
 *
 * @param {readonly Place[]} places in the order in which they may choose
 * @param {number} room between two of them
 * @returns {Set<number>} indices
 */
export function withRoom(places, room) {
  /** @type {Map<string, Place[]>} */
  const taken = new Map();
  const kept = new Set();
  for (const [index, place] of places.entries()) {
    const [column, row] = [Math.floor(place.x / room), Math.floor(place.y / room)];
    let isFree = true;
    for (let near = 0; near < 9 && isFree; near += 1) {
      const others = taken.get(`${column - 1 + (near % 3)} ${row - 1 + Math.floor(near / 3)}`);
      isFree = !others?.some(({ x, y }) => Math.abs(x - place.x) < room && Math.abs(y - place.y) < room);
    }
    if (isFree) {
      const key = `${column} ${row}`;
      taken.set(key, [...(taken.get(key) ?? []), place]);
      kept.add(index);
    }
  }
  return kept;
}
