// A painter without a canvas: shapes are functions of a point, so that the same picture comes out on every machine.

/** @typedef {{ data: Uint8ClampedArray, width: number, height: number }} Pixels */
/** @typedef {[number, number, number]} Colour */
/**
 * The signed distance from a point to a shape's edge, negative inside (after I. Quilez, "2D distance functions").
 *
 * @typedef {(x: number, y: number) => number} Shape
 */

/** @type {(radius: number) => Shape} */
export const circle = (radius) => (x, y) => Math.hypot(x, y) - radius;

/** @type {(halfWidth: number, halfHeight: number) => Shape} */
export const box = (halfWidth, halfHeight) => (x, y) => {
  const [dx, dy] = [Math.abs(x) - halfWidth, Math.abs(y) - halfHeight];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0);
};

/** @type {(points: [number, number][]) => Shape} */
export const polygon = (points) => (x, y) => {
  let distance = Number.POSITIVE_INFINITY;
  let sign = 1;
  for (let index = 0, last = points.length - 1; index < points.length; last = index, index += 1) {
    const [ax, ay] = points[index];
    const [bx, by] = points[last];
    const [ex, ey, wx, wy] = [bx - ax, by - ay, x - ax, y - ay];
    const along = Math.min(1, Math.max(0, (wx * ex + wy * ey) / (ex * ex + ey * ey)));
    distance = Math.min(distance, Math.hypot(wx - along * ex, wy - along * ey));
    const crosses = [y >= ay, y < by, ex * wy > ey * wx];
    if (crosses.every(Boolean) || !crosses.some(Boolean)) {
      sign = -sign;
    }
  }
  return sign * distance;
};

/** @type {(shape: Shape, dx: number, dy: number) => Shape} */
export const moved = (shape, dx, dy) => (x, y) => shape(x - dx, y - dy);

/** @type {(shape: Shape, degrees: number) => Shape} */
export const turned = (shape, degrees) => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return (x, y) => shape(cos * x + sin * y, cos * y - sin * x);
};

/** @type {(...shapes: Shape[]) => Shape} */
export const joined =
  (...shapes) =>
  (x, y) =>
    Math.min(...shapes.map((shape) => shape(x, y)));

/** @type {(shape: Shape, hole: Shape) => Shape} */
export const without = (shape, hole) => (x, y) => Math.max(shape(x, y), -hole(x, y));

/**
 * Paints layers from back to front, in units in which the picture is 2 high and (0, 0) is its middle.
 *
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => Colour} background
 * @param {{ shape: Shape, colour: Colour | ((x: number, y: number) => Colour) }[]} layers
 * @returns {Pixels}
 */
export function paint(width, height, background, layers) {
  const data = new Uint8ClampedArray(4 * width * height);
  const unit = 2 / height;
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const x = (column + 0.5 - width / 2) * unit;
      const y = (row + 0.5 - height / 2) * unit;
      let colour = background(x, y);
      for (const layer of layers) {
        // Half a pixel on either side of the edge blends: smooth borders.
        const cover = Math.min(1, Math.max(0, 0.5 - layer.shape(x, y) / unit));
        if (cover > 0) {
          const over = typeof layer.colour === 'function' ? layer.colour(x, y) : layer.colour;
          colour = mix(colour, over, cover);
        }
      }
      data.set([...colour, 255], 4 * (row * width + column));
    }
  }
  return { data, width, height };
}

/** @type {(from: Colour, to: Colour, part: number) => Colour} */
export const mix = (from, to, part) => [
  from[0] + (to[0] - from[0]) * part,
  from[1] + (to[1] - from[1]) * part,
  from[2] + (to[2] - from[2]) * part,
];

/**
 * Numbers in [0, 1) that look random and are the same for the same seed (mulberry32, T. Ettinger 2017).
 *
 * @param {number} seed
 */
export function createRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
