// Example pictures for who has nothing to show yet: a sun, a tree and a boat, each time in another place, size and light.

export const THINGS = /** @type {const} */ (['sun', 'tree', 'boat']);

/** @typedef {typeof THINGS[number]} Thing */

const WIDTH_PX = 640;
const HEIGHT_PX = 480;

/** Numbers from 0 to 1 that are the same in every visit. @param {number} seed */
function createRandom(seed) {
  let state = (seed * 2654435761) >>> 0 || 1;
  return () => {
    // Xorshift (Marsaglia 2003).
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** In units of the thing's own size, around its middle. @type {Record<Thing, (pen: OffscreenCanvasRenderingContext2D, random: () => number) => void>} */
const DRAW = {
  sun(pen, random) {
    pen.strokeStyle = pen.fillStyle = `hsl(${40 + 14 * random()} 95% 55%)`;
    pen.lineWidth = 0.12;
    pen.beginPath();
    pen.arc(0, 0, 0.45, 0, 2 * Math.PI);
    pen.fill();
    const rays = 8 + Math.floor(5 * random());
    for (let ray = 0; ray < rays; ray += 1) {
      const angle = (2 * Math.PI * ray) / rays;
      pen.beginPath();
      pen.moveTo(0.6 * Math.cos(angle), 0.6 * Math.sin(angle));
      pen.lineTo(0.95 * Math.cos(angle), 0.95 * Math.sin(angle));
      pen.stroke();
    }
  },
  tree(pen, random) {
    pen.fillStyle = `hsl(${25 + 8 * random()} 45% 32%)`;
    pen.fillRect(-0.12, 0.1, 0.24, 0.85);
    pen.fillStyle = `hsl(${105 + 35 * random()} 50% ${30 + 14 * random()}%)`;
    for (const [x, y, radius] of [
      [0, -0.5, 0.42],
      [-0.35, -0.15, 0.38],
      [0.35, -0.15, 0.38],
    ]) {
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.fill();
    }
  },
  boat(pen, random) {
    pen.fillStyle = `hsl(${360 * random()} 60% 40%)`;
    pen.beginPath();
    pen.moveTo(-0.9, 0.35);
    pen.lineTo(0.9, 0.35);
    pen.lineTo(0.55, 0.8);
    pen.lineTo(-0.6, 0.8);
    pen.fill();
    pen.fillStyle = '#f6f2e7';
    pen.beginPath();
    pen.moveTo(-0.05, -0.9);
    pen.lineTo(-0.05, 0.2);
    pen.lineTo(-0.75, 0.2);
    pen.fill();
    pen.beginPath();
    pen.moveTo(0.08, -0.7);
    pen.lineTo(0.08, 0.2);
    pen.lineTo(0.65, 0.2);
    pen.fill();
  },
};

/**
 * One picture, 640 by 480. The same thing and number always give the same picture.
 *
 * @param {Thing} thing
 * @param {number} number
 */
export function drawExample(thing, number) {
  const random = createRandom(97 * number + 31 * THINGS.indexOf(thing) + 7);
  const canvas = new OffscreenCanvas(WIDTH_PX, HEIGHT_PX);
  const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const hue = 360 * random();
  const light = 55 + 35 * random();
  const wall = pen.createLinearGradient(0, 0, WIDTH_PX * random(), HEIGHT_PX);
  wall.addColorStop(0, `hsl(${hue} ${8 + 25 * random()}% ${light}%)`);
  wall.addColorStop(1, `hsl(${hue + 30} ${8 + 25 * random()}% ${light - 18}%)`);
  pen.fillStyle = wall;
  pen.fillRect(0, 0, WIDTH_PX, HEIGHT_PX);
  const size = HEIGHT_PX * (0.26 + 0.14 * random());
  pen.translate(WIDTH_PX * (0.42 + 0.16 * random()), HEIGHT_PX * (0.44 + 0.12 * random()));
  pen.rotate((random() - 0.5) * 0.5);
  pen.scale(size, size);
  DRAW[thing](pen, random);
  return canvas;
}
