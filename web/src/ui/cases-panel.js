// The four cases: few or many pictures, close to or far from what the network knows, and what suits each. The table is
// the lesson; each cell is a press away from trying it.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { regionMark } from '../kit/region-marks.js';
import { frozenOf } from '../state/strategies.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/inside.js').Inside} Inside */
/** @typedef {import('../state/strategies.js').Case} CaseName */

/** Layers of the little drawing in each cell. */
const BARS = 10;
const ROWS = /** @type {const} */ (['few', 'many']);
const COLUMNS = /** @type {const} */ (['close', 'far']);

/** @param {HTMLElement} host @param {App} app @param {Inside} inside */
export function mountCasesPanel(host, app, { network, advice }) {
  const { state } = app;
  const { t } = app.texts;

  /** @param {CaseName} name */
  function sketch(name) {
    const { layers } = network.view;
    const { drawing } = network.caseOf(name);
    const { way } = drawing;
    const frozenCount = frozenOf(drawing, layers).filter(Boolean).length;
    const frozen = Math.round((frozenCount / layers.length) * BARS);
    return html`<span class="sketch" aria-hidden="true">
      ${Array.from({ length: BARS }, (_, index) => {
        const region = index < frozen ? 'frozen' : way === 'tune' ? 'trained' : 'removed';
        return html`<span class="sketch-bar is-${region}"></span>`;
      })}
      <span class="sketch-head is-trained"></span>
    </span>`;
  }

  /** @param {CaseName} name */
  function cell(name) {
    const chosen = network.view.strategy === network.caseOf(name).strategy;
    const isHere = advice.view.advice?.case === name;
    return html`<td class=${isHere ? 'is-here' : ''}>
      <button type="button" class="case" aria-pressed=${chosen} @click=${() => network.chooseCase(name)}>
        ${sketch(name)}
        <span class="case-text">${t(`case.${network.caseOf(name).toldAs}`)}</span>
        ${isHere ? html`<span class="case-here small">${icon('check')} ${t('case.here')}</span>` : nothing}
      </button>
    </td>`;
  }

  function draw() {
    if (state.dialog !== 'inside' || network.view.layers.length === 0) {
      return;
    }
    render(
      html`<h3>${t('cases.title')}</h3>
        <p class="soft small">${t('cases.about')}</p>
        <table class="cases">
          <caption class="visually-hidden">${t('cases.title')}</caption>
          <thead>
            <tr>
              <td></td>
              ${COLUMNS.map(
                (column) => html`<th scope="col"><strong>${t(`case.${column}`)}</strong>
                  <span class="small soft">${t(`case.${column}.about`)}</span></th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${ROWS.map(
              (row) => html`<tr>
                <th scope="row"><strong>${t(`case.${row}`)}</strong></th>
                ${COLUMNS.map((column) => cell(`${row}-${column}`))}
              </tr>`,
            )}
          </tbody>
        </table>
        <p class="small soft case-key">
          <span class="is-frozen">${regionMark('frozen')} ${t('network.frozen')}</span>
          <span class="is-trained">${regionMark('trained')} ${t('network.trained')}</span>
          <span class="is-removed">${regionMark('removed')} ${t('network.removed')}</span>
        </p>`,
      host,
    );
  }

  app.watch(['network-changed', 'dialog-changed', 'advice-changed', 'engine-changed'], draw);
}
