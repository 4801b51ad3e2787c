// Films that nothing steady can be said about.

import { encodeY4m } from '../../pictures/encode.mjs';

const MARK = 'FRAME\n';
const FRAMES_PER_SECOND = 30;

/** @param {Buffer} film As `encodeY4m` writes it. */
function framesOf(film) {
  const start = film.indexOf(MARK);
  const [, width, height] = /W(\d+) H(\d+)/.exec(film.subarray(0, start).toString()) ?? [];
  const length = MARK.length + (Number(width) * Number(height) * 3) / 2;
  const frames = [];
  for (let at = start; at < film.length; at += length) {
    frames.push(film.subarray(at, at + length));
  }
  return { header: film.subarray(0, start).toString(), frames };
}

/**
 * The frames of two films in turns, each frame another one. In the order of Thue and Morse: neither leads for more than two
 * frames, however many of them a slow machine leaves out.
 *
 * @param {Buffer} one
 * @param {Buffer} other
 */
export function flickering(one, other) {
  const films = [framesOf(one), framesOf(other)];
  const order = Array.from({ length: 64 }, (_, index) => index.toString(2).split('1').length % 2);
  const header = films[0].header.replace(/F\d+:1/, `F${FRAMES_PER_SECOND}:1`);
  return Buffer.concat([
    Buffer.from(header),
    ...order.map((which, index) => films[which].frames[index % films[which].frames.length]),
  ]);
}

/** The same pictures, thirty of them a second. @param {Buffer} film */
export function sped(film) {
  const { header, frames } = framesOf(film);
  return Buffer.concat([Buffer.from(header.replace(/F\d+:1/, `F${FRAMES_PER_SECOND}:1`)), ...frames]);
}

/** A lens that is covered, nearly: 640 by 480, of one grey. @param {number} grey */
export function plainFilm(grey) {
  const [width, height] = [640, 480];
  const data = new Uint8ClampedArray(4 * width * height).fill(grey);
  return encodeY4m(
    [
      { data, width, height },
      { data, width, height },
    ],
    FRAMES_PER_SECOND,
  );
}
