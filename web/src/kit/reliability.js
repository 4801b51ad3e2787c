// Whether percentages mean what they say: a reliability diagram (DeGroot and Fienberg 1983) of held-out answers. Loaded when
// it is looked at.

import { html, svg } from 'lit/html.js';

/** As many as the calibration error is computed with (Guo et al. 2017). */
const BIN_COUNT = 10;
/** Two standard deviations of the normal distribution, for an interval of 95 %. */
const Z = 1.96;
/** The plot's inner square, in units of the drawing. */
const SIDE = 200;
const MARGIN = { left: 40, top: 8, right: 8, bottom: 26 };

/**
 * Answers that were about as sure as each other.
 *
 * @typedef {object} Bin
 * @property {number} from
 * @property {number} to
 * @property {number} count
 * @property {number} confidence The mean of what was said.
 * @property {number} accuracy What came of it.
 * @property {number} low 95 % interval of the accuracy (Wilson 1927).
 * @property {number} high
 */

/**
 * @param {readonly { classId: number, predictedClassId: number, confidence: number }[]} heldOut
 * @returns {Bin[]} Those with pictures in them, the least sure first.
 */
export function reliabilityBins(heldOut) {
  const sums = Array.from({ length: BIN_COUNT }, () => ({ count: 0, confidence: 0, right: 0 }));
  for (const { classId, predictedClassId, confidence } of heldOut) {
    const bin = sums[Math.min(BIN_COUNT - 1, Math.floor(confidence * BIN_COUNT))];
    bin.count += 1;
    bin.confidence += confidence;
    bin.right += classId === predictedClassId ? 1 : 0;
  }
  return sums
    .map(({ count, confidence, right }, index) => ({
      from: index / BIN_COUNT,
      to: (index + 1) / BIN_COUNT,
      count,
      confidence: confidence / count,
      accuracy: right / count,
      ...wilson(right, count),
    }))
    .filter(({ count }) => count > 0);
}

/** @param {number} right @param {number} count */
function wilson(right, count) {
  const part = right / count;
  const scale = 1 + (Z * Z) / count;
  const middle = (part + (Z * Z) / (2 * count)) / scale;
  const half = (Z * Math.sqrt((part * (1 - part)) / count + (Z * Z) / (4 * count * count))) / scale;
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** @param {number} part */
const across = (part) => MARGIN.left + part * SIDE;
/** @param {number} part */
const up = (part) => MARGIN.top + (1 - part) * SIDE;

/**
 * The diagram, and its numbers in words beside it.
 *
 * @param {Bin[]} bins
 * @param {import('../texts/texts.js').Texts} texts
 */
export function reliabilityChart(bins, { t, percent, number }) {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  const ticks = [0, 0.5, 1];
  return html`<figure class="reliability">
    <figcaption>${t('reliability.title')}<span class="soft small">${t('reliability.about')}</span></figcaption>
    <svg
      class="reliability-plot numbers"
      viewBox="0 0 ${MARGIN.left + SIDE + MARGIN.right} ${MARGIN.top + SIDE + MARGIN.bottom}"
      aria-hidden="true"
      focusable="false"
    >
      ${ticks.map(
        (
          part,
        ) => svg`<path class="plot-grid" d="M${across(0)} ${up(part)}H${across(1)}M${across(part)} ${up(0)}V${up(1)}" />
          <text x=${MARGIN.left - 6} y=${up(part) + 4} text-anchor="end">${percent(part)}</text>
          <text x=${across(part)} y=${up(0) + 18} text-anchor=${part === 1 ? 'end' : 'middle'}>${percent(part)}</text>`,
      )}
      <path class="plot-ideal" d="M${across(0)} ${up(0)}L${across(1)} ${up(1)}" />
      ${bins.map(
        ({ confidence, accuracy, low, high, count }) => svg`
          <path class="plot-range" d="M${across(confidence)} ${up(low)}V${up(high)}" />
          <circle class="plot-dot" cx=${across(confidence)} cy=${up(accuracy)} r=${3.5 + 6 * Math.sqrt(count / total)} />`,
      )}
    </svg>
    <table class="numbers-table" aria-label=${t('reliability.title')}>
      <thead>
        <tr>
          <th scope="col">${t('reliability.said')}</th>
          <th scope="col" class="end">${t('report.pictures')}</th>
          <th scope="col" class="end">${t('reliability.right')}</th>
        </tr>
      </thead>
      <tbody>
        ${[...bins].reverse().map(
          ({ from, to, count, accuracy }) => html`<tr>
            <th scope="row">${t('reliability.range', { from: percent(from), to: percent(to) })}</th>
            <td class="end">${number(count)}</td>
            <td class="end">${percent(accuracy)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </figure>`;
}
