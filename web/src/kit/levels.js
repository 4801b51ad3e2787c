// Paints how strong something is at each place: dark where it is weak, bright where it is strong. The canvas has one pixel
// for each place.

/** @param {string} hex #rrggbb */
const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/** From --screen over --heat to white, by level: RGBA as one number each. @type {Uint32Array | null} */
let tones = null;

function makeTones() {
  const style = getComputedStyle(document.documentElement);
  const [dark, warm] = ['--screen', '--heat'].map((name) => channels(style.getPropertyValue(name).trim()));
  const stops = [dark, warm, [255, 255, 255]];
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let level = 0; level < 256; level += 1) {
    const at = (level / 255) * 2;
    const [from, to] = at < 1 ? [stops[0], stops[1]] : [stops[1], stops[2]];
    const part = at < 1 ? at : at - 1;
    for (let channel = 0; channel < 3; channel += 1) {
      bytes[4 * level + channel] = from[channel] + (to[channel] - from[channel]) * part;
    }
    bytes[4 * level + 3] = 255;
  }
  return new Uint32Array(bytes.buffer);
}

/** @param {HTMLCanvasElement} canvas @param {{ width: number, height: number, values: Uint8Array }} map */
export function paintLevels(canvas, { width, height, values }) {
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height });
  }
  tones ??= makeTones();
  const picture = new ImageData(width, height);
  const pixels = new Uint32Array(picture.data.buffer);
  for (const [place, level] of values.entries()) {
    pixels[place] = tones[level];
  }
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
}
