// Paints where an answer comes from: bright where a place speaks for it, veiled where it does not. The canvas has one
// pixel for each place; the style sheet makes it as large as the picture, and smooth.

/** How much of the veil's colour lies over a place that says nothing, and of the warm one over the place that says most. */
const [VEIL, GLOW] = [0.68, 0.3];

/** @param {string} hex #rrggbb */
const channels = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{ width: number, height: number, values: Float32Array, bias: number }} attention
 */
export function paintHeat(canvas, { width, height, values, bias }) {
  if (canvas.width !== width || canvas.height !== height) {
    Object.assign(canvas, { width, height });
  }
  const style = getComputedStyle(document.documentElement);
  const [veil, glow] = ['--screen', '--heat'].map((name) => channels(style.getPropertyValue(name).trim()));
  // What no place accounts for is shared out among all, so that a place like any other counts for nothing.
  const each = bias / values.length;
  const most = values.reduce((found, value) => Math.max(found, value + each), 0);
  const picture = new ImageData(width, height);
  for (const [place, value] of values.entries()) {
    const level = most > 0 ? Math.max(0, value + each) / most : 0;
    for (let channel = 0; channel < 3; channel += 1) {
      picture.data[4 * place + channel] = veil[channel] + (glow[channel] - veil[channel]) * level;
    }
    picture.data[4 * place + 3] = 255 * (VEIL + (GLOW - VEIL) * level);
  }
  canvas.getContext('2d')?.putImageData(picture, 0, 0);
}
