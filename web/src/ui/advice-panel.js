// "What is best for my pictures?": measured on them; one sentence with its reason, and the table behind it.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { vars } from '../kit/vars.js';
import { comparisonOf, sortCandidates } from '../state/advice.js';
import { nameOf } from '../state/strategy-names.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/inside.js').Inside} Inside */
/** @typedef {import('../state/advice.js').Advice} Advice */
/** @typedef {import('../state/advice.js').AdviceCandidate} AdviceCandidate */

const COLUMNS = /** @type {const} */ (['strategy', 'accuracy', 'logLoss', 'elapsedMs', 'trainedWeightCount']);

/** @param {HTMLElement} host @param {App} app @param {Inside} inside */
export function mountAdvicePanel(host, app, { network, advice }) {
  const { state, texts } = app;
  const { t } = texts;

  /** @param {string} strategy */
  function name(strategy) {
    const { key, values } = nameOf(strategy);
    return t(key, values);
  }

  function work() {
    const { phase, fraction, secondsLeft, error } = advice.view;
    if (phase === 'running') {
      const left = secondsLeft === null ? '' : t('advice.left', { time: texts.duration(secondsLeft * 1000) });
      return html`<div class="progress">
          <progress max="1" .value=${fraction} aria-label=${t('advice.running')}></progress>
          <span class="small soft numbers">${t('advice.running')} ${left}</span>
        </div>
        <div class="button-row">
          <button type="button" class="button" @click=${() => advice.stop()}>${icon('stop')} ${t('stop')}</button>
        </div>`;
    }
    return html`${error ? html`<p class="small">${error}</p>` : nothing}
      <div class="button-row">
        <button type="button" class="button ${advice.view.advice ? '' : 'button-strong'}" ?disabled=${!app.training.canTrain || state.training.phase === 'running'} @click=${() => advice.run()}>
          ${icon('eye')} ${t(advice.view.advice ? 'advice.again' : 'advice.run')}
        </button>
      </div>`;
  }

  /** As in the table: the same number in the same words. @param {number} logLoss */
  const lossText = (logLoss) => texts.number(logLoss, { minimumFractionDigits: 2, maximumFractionDigits: 3 });

  /** @param {Advice} found */
  function reasons(found) {
    return found.reasons.map((reason) => {
      if (reason.code === 'usual') {
        return html`<li>${t('reason.usual', { part: texts.percent(reason.accuracy, 1) })}</li>`;
      }
      if (reason.code === 'too-few-to-compare') {
        return html`<li>${t('reason.too-few-to-compare', { count: reason.heldOutCount })}</li>`;
      }
      const { loss, usual, isOfTable } = comparisonOf(found, reason, lossText);
      return html`<li>${t(isOfTable ? 'reason.clearly-better' : 'reason.clearly-better-of-some', { loss, usual })}</li>`;
    });
  }

  /** @param {Advice} found */
  function sentence(found) {
    const best = found.candidates.find(({ strategy }) => strategy === found.recommended);
    return html`<div class="advice-answer ${advice.view.isStale ? 'is-stale' : ''}">
      <p class="advice-sentence">${t('advice.sentence', { name: name(found.recommended) })}</p>
      <ul class="advice-reasons small for-engineers">${reasons(found)}</ul>
      ${advice.view.isStale ? html`<p class="small">${icon('warning')} ${t('advice.stale')}</p>` : nothing}
      ${best ? use(best, true) : nothing}
    </div>`;
  }

  /** @param {AdviceCandidate} candidate @param {boolean} strong */
  function use({ strategy }, strong) {
    const inUse = state.training.strategy === strategy && state.report?.strategy === strategy;
    return html`<button
      type="button"
      class="button ${strong ? 'button-strong' : 'button-small'}"
      aria-label=${t(inUse ? 'advice.inUseLabel' : 'advice.useLabel', { name: name(strategy) })}
      ?disabled=${state.training.phase === 'running' || advice.view.phase === 'running' || inUse}
      @click=${() => take(strategy)}
    >${inUse ? icon('check') : nothing} ${t(inUse ? 'advice.inUse' : 'advice.use')}</button>`;
  }

  /** @param {import('../state/types.js').StrategyName} strategy */
  function take(strategy) {
    network.choose(strategy);
    void network.apply();
  }

  /** @param {(typeof COLUMNS)[number]} column */
  function columnHead(column) {
    const { order } = advice.view;
    const sorted = order.column === column;
    const sort = sorted ? (order.descending ? 'descending' : 'ascending') : 'none';
    return html`<th scope="col" aria-sort=${sort} class=${column === 'strategy' ? '' : 'end'}>
      <button type="button" class="sort" @click=${() => advice.sortBy(column)}>
        <span>${t(`advice.${column}`)}</span>
        ${sorted ? icon(order.descending ? 'down' : 'up') : html`<span class="sort-space"></span>`}
      </button>
    </th>`;
  }

  /** @param {AdviceCandidate} each @param {string} recommended @param {number} best */
  function row(each, recommended, best) {
    const isBest = each.strategy === recommended;
    const accuracy = Number.isFinite(each.accuracy)
      ? html`<strong>${texts.percent(each.accuracy, 1)}</strong> <span class="soft">± ${texts.number(each.standardError * 100, { maximumFractionDigits: 1 })}</span>`
      : '–';
    return html`<tr class=${isBest ? 'is-recommended' : ''}>
      <th scope="row">
        <span class="candidate">${isBest ? icon('check') : nothing} <span>${name(each.strategy)}</span></span>
        ${isBest ? html`<span class="small soft">${t('advice.recommended')}</span>` : nothing}
      </th>
      <td class="end accuracy" ${vars({ '--part': Number.isFinite(each.accuracy) ? (each.accuracy / best).toFixed(3) : 0 })}>${accuracy}</td>
      <td class="end">${Number.isFinite(each.logLoss) ? lossText(each.logLoss) : '–'}</td>
      <td class="end">${texts.duration(each.elapsedMs)}</td>
      <td class="end">${texts.number(each.trainedWeightCount, { notation: 'compact', maximumFractionDigits: 1 })}</td>
      <td class="end">${use(each, false)}</td>
    </tr>`;
  }

  /** @param {Advice} found */
  function table(found) {
    const rows = sortCandidates(found.candidates, advice.view.order, name);
    const best = Math.max(...found.candidates.map(({ accuracy }) => (Number.isFinite(accuracy) ? accuracy : 0)), 1e-9);
    return html`<div class="table-scroll for-engineers" tabindex="0" role="region" aria-label=${t('advice.table')}>
        <table class="numbers-table candidates ${advice.view.isStale ? 'is-stale' : ''}">
          <caption>${t('advice.table')}<span class="soft small">${t('advice.tableHint')}</span></caption>
          <thead>
            <tr>${COLUMNS.map(columnHead)}<td></td></tr>
          </thead>
          <tbody>${rows.map((each) => row(each, found.recommended, best))}</tbody>
        </table>
      </div>
      <div class="button-row for-engineers">
        <button type="button" class="button button-quiet" @click=${() => advice.saveTable()}>${icon('save')} ${t('advice.csv')}</button>
      </div>`;
  }

  function draw() {
    if (state.dialog !== 'inside') {
      return;
    }
    const found = advice.view.advice;
    render(
      html`<h3>${t('advice.title')}</h3>
        ${found ? sentence(found) : html`<p class="soft small">${t('advice.about')}</p>`} ${work()} ${found ? table(found) : nothing}`,
      host,
    );
  }

  app.watch(
    [
      'advice-changed',
      'dialog-changed',
      'training-changed',
      'report-changed',
      'network-changed',
      'samples-changed',
      'classes-changed',
    ],
    draw,
  );
}
