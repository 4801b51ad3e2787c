// Lines over rounds of training, drawn as they come: a few dozen points, so no charting library. Lines differ in dash
// and mark as well as in tone, and each is named at its end.

import { html, nothing, svg } from 'lit/html.js';

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {'strong' | 'light' | 'level'} look
 * @property {number[]} values One for each round, from round 1 on; of a 'level' one value alone.
 */

const WIDTH = 320;
const HEIGHT = 150;
const LEFT = 40;
const RIGHT = 12;
const TOP = 12;
const BOTTOM = 24;

/**
 * @param {object} chart
 * @param {string} chart.title What is drawn, and the newest values in words: all that a screen reader gets.
 * @param {string} chart.caption
 * @param {Line[]} chart.lines
 * @param {number} chart.roundCount How many rounds there will be at the most.
 * @param {number} [chart.bestRound] 0: none yet.
 * @param {[number, number] | null} [chart.range] Left out: as the values need it, from 0 on.
 * @param {(value: number) => string} chart.format
 */
export function curves({ title, caption, lines, roundCount, bestRound = 0, range = null, format }) {
  const values = lines.flatMap((line) => line.values).filter(Number.isFinite);
  const [low, high] = range ?? [0, niceAbove(Math.max(0.01, ...values))];
  const rounds = Math.max(1, roundCount - 1);
  const x = (/** @type {number} */ index) => LEFT + (index / rounds) * (WIDTH - LEFT - RIGHT);
  const y = (/** @type {number} */ value) =>
    TOP + (1 - Math.min(1, Math.max(0, (value - low) / (high - low)))) * (HEIGHT - TOP - BOTTOM);
  const ticks = [low, (low + high) / 2, high];
  return html`<figure class="curves">
    <figcaption class="small"><strong>${caption}</strong></figcaption>
    <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${title} focusable="false">
      ${ticks.map(
        (tick) => svg`<line class="curve-grid" x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(tick)} y2=${y(tick)} />
          <text class="curve-tick" x=${LEFT - 6} y=${y(tick) + 4} text-anchor="end">${format(tick)}</text>`,
      )}
      <text class="curve-tick" x=${LEFT} y=${HEIGHT - 6} text-anchor="middle">1</text>
      <text class="curve-tick" x=${WIDTH - RIGHT} y=${HEIGHT - 6} text-anchor="end">${roundCount}</text>
      ${
        bestRound > 0
          ? svg`<line class="curve-best" x1=${x(bestRound - 1)} x2=${x(bestRound - 1)} y1=${TOP} y2=${HEIGHT - BOTTOM} />`
          : nothing
      }
      ${lines.map((line) => draw(line, x, y))}
    </svg>
    <ul class="curve-legend small">
      ${lines.map(
        ({ name, look, values: own }) => html`<li>
          <svg class="curve-key" viewBox="0 0 28 10" aria-hidden="true" focusable="false">${svg`<path class="curve is-${look}" d="M1 5H27" />`}</svg>
          ${name}${own.length > 0 ? html` <strong class="numbers">${format(own[own.length - 1])}</strong>` : nothing}
        </li>`,
      )}
    </ul>
  </figure>`;
}

/**
 * @param {Line} line
 * @param {(index: number) => number} x
 * @param {(value: number) => number} y
 */
function draw({ look, values }, x, y) {
  if (values.length === 0) {
    return nothing;
  }
  if (look === 'level') {
    return svg`<path class="curve is-level" d="M${LEFT} ${y(values[0])}H${WIDTH - RIGHT}" />`;
  }
  const points = values
    .map((value, index) => [x(index), y(value)])
    .filter(([, height]) => Number.isFinite(height))
    .map(([across, height]) => `${across.toFixed(1)} ${height.toFixed(1)}`);
  const last = values.length - 1;
  return svg`<path class="curve is-${look}" d="M${points.join('L')}" />
    <circle class="curve-end is-${look}" cx=${x(last)} cy=${y(values[last])} r="3.5" />`;
}

/** The next of 1, 2, 5 and their tenfolds. @param {number} value */
function niceAbove(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5, 10].find((step) => step * power >= value) ?? 10) * power;
}
