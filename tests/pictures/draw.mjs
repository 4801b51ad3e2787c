// The project's own pictures: a few clearly different things under varied light, size and place, drawn by code.
//
// They let every test run without any photograph. They say nothing about how well real things are told apart.
//
//   node tests/pictures/draw.mjs FOLDER [COUNT]      writes COUNT (20) PNG files for each thing into class folders

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { encodePng } from './encode.mjs';
import { box, circle, createRandom, joined, mix, moved, paint, polygon, turned, without } from './rasteriser.mjs';

/** @typedef {import('./rasteriser.mjs').Colour} Colour */
/** @typedef {import('./rasteriser.mjs').Shape} Shape */
/** @typedef {{ shape: Shape, colour: Colour | ((x: number, y: number) => Colour) }} Layer */

/** @type {Record<string, (random: () => number) => Layer[]>} */
const THINGS = {
  ball: (random) => {
    /** @type {Colour} */
    const colour = [200 + 40 * random(), 40 + 40 * random(), 40 + 30 * random()];
    const shine = moved(circle(0.16), -0.2, -0.22);
    return [
      { shape: circle(0.55), colour },
      { shape: shine, colour: mix(colour, [255, 255, 255], 0.7) },
    ];
  },
  house: (random) => {
    const wall = moved(box(0.45, 0.35), 0, 0.25);
    const roof = polygon([
      [-0.6, -0.1],
      [0, -0.62],
      [0.6, -0.1],
    ]);
    const door = moved(box(0.1, 0.2), 0.2 - 0.4 * random(), 0.4);
    return [
      { shape: wall, colour: [225, 205, 160] },
      { shape: roof, colour: [150, 60 + 30 * random(), 45] },
      { shape: door, colour: [80, 60, 45] },
    ];
  },
  star: (random) => {
    /** @type {[number, number][]} */
    const points = Array.from({ length: 10 }, (_, index) => {
      const [angle, radius] = [(index * Math.PI) / 5, index % 2 ? 0.28 : 0.68];
      return [radius * Math.sin(angle), -radius * Math.cos(angle)];
    });
    return [{ shape: polygon(points), colour: [245, 200 + 30 * random(), 40] }];
  },
  ladder: (random) => {
    const rails = joined(moved(box(0.05, 0.75), -0.3, 0), moved(box(0.05, 0.75), 0.3, 0));
    const rungs = joined(...Array.from({ length: 6 }, (_, index) => moved(box(0.3, 0.04), 0, -0.6 + 0.24 * index)));
    return [{ shape: joined(rails, rungs), colour: [90, 110 + 30 * random(), 60] }];
  },
  ring: (random) => [{ shape: without(circle(0.6), circle(0.36)), colour: [40, 90 + 50 * random(), 200] }],
};

const thingNames = Object.keys(THINGS);

/**
 * One picture of a thing. The same name and seed always give the same bytes.
 *
 * @param {string} thing One of thingNames.
 * @param {number} seed
 * @param {{ widthPx?: number, heightPx?: number }} [size]
 */
export function drawThing(thing, seed, { widthPx = 640, heightPx = 480 } = {}) {
  const random = createRandom(1000 * seed + thingNames.indexOf(thing));
  const scale = 0.65 + 0.6 * random();
  const [dx, dy, degrees] = [0.5 * (random() - 0.5), 0.4 * (random() - 0.5), 40 * (random() - 0.5)];
  const light = 0.6 + 0.5 * random();
  const warmth = 30 * (random() - 0.5);
  const slope = [random() - 0.5, random() - 0.5];
  /** @type {Colour} */
  const wall = [120 + 90 * random(), 120 + 90 * random(), 120 + 90 * random()];
  /** Light falls in from one side; a lamp or the evening changes its colour. @type {(c: Colour, x: number, y: number) => Colour} */
  const lit = (colour, x, y) => {
    const gain = light * (1 + 0.3 * (slope[0] * x + slope[1] * y));
    return [colour[0] * gain + warmth, colour[1] * gain, colour[2] * gain - warmth];
  };
  const layers = THINGS[thing](random).map(({ shape, colour }) => {
    const placed = moved(
      turned((x, y) => scale * shape(x / scale, y / scale), degrees),
      dx,
      dy,
    );
    /** @type {(x: number, y: number) => Colour} */
    const shaded = (x, y) => lit(typeof colour === 'function' ? colour(x, y) : colour, x, y);
    return { shape: placed, colour: shaded };
  });
  const picture = paint(widthPx, heightPx, (x, y) => lit(wall, x, y), layers);
  addGrain(picture.data, random);
  return picture;
}

/** Every sensor has noise; a perfectly flat wall would be told apart by its flatness. */
function addGrain(/** @type {Uint8ClampedArray} */ data, /** @type {() => number} */ random) {
  for (let index = 0; index < data.length; index += 4) {
    const grain = 12 * (random() - 0.5);
    for (let channel = 0; channel < 3; channel += 1) {
      data[index + channel] += grain;
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [folder, count = '20'] = process.argv.slice(2);
  if (!folder) {
    throw new Error('expected a folder: node tests/pictures/draw.mjs FOLDER [COUNT]');
  }
  for (const thing of thingNames) {
    await mkdir(join(folder, thing), { recursive: true });
    for (let seed = 0; seed < Number(count); seed += 1) {
      const name = `${String(seed).padStart(4, '0')}.png`;
      await writeFile(join(folder, thing, name), encodePng(drawThing(thing, seed)));
    }
  }
}
