// The page's icons as pictures, drawn from the same four shapes as icon.svg: systems that install a page want PNG.

// @ts-expect-error pngjs has no types
import pngjs from 'pngjs';

/** Left, top, width, height, corner radius, colour; in units of 32. */
const SHAPES = /** @type {const} */ ([
  [7, 7.5, 18, 4.6, 2.3, [74, 163, 255]],
  [7, 13.7, 12, 4.6, 2.3, [255, 171, 61]],
  [7, 19.9, 7.5, 4.6, 2.3, [47, 197, 150]],
]);
const GROUND = /** @type {const} */ ([16, 24, 31]);
/** Of each pixel so many points across and down are looked at. */
const POINTS = 4;

const ICONS = [
  { file: 'icon-192.png', size: 192, isMaskable: false },
  { file: 'icon-512.png', size: 512, isMaskable: false },
  { file: 'icon-maskable-512.png', size: 512, isMaskable: true },
];

/** @param {number} x @param {number} y @param {readonly [number, number, number, number, number, ...any]} shape */
function isInside(x, y, [left, top, width, height, radius]) {
  const dx = Math.max(left + radius - x, 0, x - (left + width - radius));
  const dy = Math.max(top + radius - y, 0, y - (top + height - radius));
  return x >= left && x <= left + width && y >= top && y <= top + height && dx * dx + dy * dy <= radius * radius;
}

/** @param {number} x @param {number} y @param {boolean} isMaskable @returns {readonly number[] | null} */
function colourAt(x, y, isMaskable) {
  // A system may cut a maskable icon down to the middle 80 %: all that matters lies there, on ground up to the edge.
  const [u, v] = isMaskable ? [(x - 16) / 0.72 + 16, (y - 16) / 0.72 + 16] : [x, y];
  const shape = SHAPES.find((each) => isInside(u, v, each));
  if (shape) {
    return shape[5];
  }
  return isMaskable || isInside(x, y, [0, 0, 32, 32, 9]) ? GROUND : null;
}

/** @param {{ size: number, isMaskable: boolean }} icon */
function drawIcon({ size, isMaskable }) {
  const png = new pngjs.PNG({ width: size, height: size });
  const step = 32 / size / POINTS;
  for (let pixel = 0; pixel < size * size; pixel += 1) {
    const [left, top] = [((pixel % size) * 32) / size, (Math.floor(pixel / size) * 32) / size];
    const sum = [0, 0, 0, 0];
    for (let point = 0; point < POINTS * POINTS; point += 1) {
      const x = left + ((point % POINTS) + 0.5) * step;
      const y = top + (Math.floor(point / POINTS) + 0.5) * step;
      const colour = colourAt(x, y, isMaskable);
      if (colour) {
        colour.forEach((value, channel) => {
          sum[channel] += value;
        });
        sum[3] += 1;
      }
    }
    for (let channel = 0; channel < 3; channel += 1) {
      png.data[pixel * 4 + channel] = sum[3] === 0 ? 0 : Math.round(sum[channel] / sum[3]);
    }
    png.data[pixel * 4 + 3] = Math.round((sum[3] * 255) / (POINTS * POINTS));
  }
  return pngjs.PNG.sync.write(png);
}

/** Served while developing, and written beside the built page. @returns {import('vite').Plugin} */
export function icons() {
  return {
    name: 'headstart-icons',
    configureServer(server) {
      server.middlewares.use('/icons/', (request, response, next) => {
        const icon = ICONS.find(({ file }) => request.url === `/${file}`);
        if (!icon) {
          next();
          return;
        }
        response.writeHead(200, { 'Content-Type': 'image/png' }).end(drawIcon(icon));
      });
    },
    generateBundle() {
      for (const icon of ICONS) {
        this.emitFile({ type: 'asset', fileName: `icons/${icon.file}`, source: drawIcon(icon) });
      }
    },
  };
}
