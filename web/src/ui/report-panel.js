// The numbers behind the sentence: accuracy with its uncertainty, per class, who is taken for whom, calibration.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { reliabilityBins, reliabilityChart } from '../kit/reliability.js';
import { token } from '../kit/token.js';
import { vars } from '../kit/vars.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/types.js').TrainReport} TrainReport */

/** @param {HTMLElement} host @param {App} app */
export function mountReportPanel(host, app) {
  const { state, texts } = app;
  const { t } = texts;
  const isPlain = () => state.settings.depth === 'plain';
  /** @type {typeof import('../state/strategy-names.js').nameOf | null} */
  let nameOf = null;
  /** @type {Promise<void> | null} */
  let namesReady = null;

  /** @param {number} classId */
  const cardOf = (classId) => {
    const index = state.classes.findIndex(({ id }) => id === classId);
    return index < 0 ? null : { card: state.classes[index], number: index + 1 };
  };

  /** @param {number} classId @param {string} name */
  function label(classId, name) {
    const found = cardOf(classId);
    return html`${found ? token(found.card.slot, found.number) : nothing}
      <span dir="auto">${found?.card.name ?? name}</span>`;
  }

  /** The pictures behind a cell, as far as they are still there. @param {TrainReport} report @param {number} row @param {number} column */
  function openCell(report, row, column) {
    const actual = report.perClass[row];
    const called = report.perClass[column];
    const present = new Set(state.classes.flatMap((card) => card.sampleIds));
    const sampleIds = report.heldOut
      .filter(
        (each) =>
          each.classId === actual.classId && each.predictedClassId === called.classId && present.has(each.sampleId),
      )
      .sort((a, b) => b.probability - a.probability)
      .map(({ sampleId }) => sampleId);
    if (sampleIds.length === 0) {
      return;
    }
    const title =
      row === column
        ? t('report.cellRight', { name: actual.name })
        : t('report.cellWrong', { actual: actual.name, called: called.name });
    const classKey = cardOf(actual.classId)?.card.key ?? null;
    app.viewer.open({ sampleIds, index: 0, title, classKey });
  }

  /** @param {TrainReport} report */
  function perClass(report) {
    return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${t('report.perClass')}>
      <table class="numbers-table">
        <caption>${t('report.perClass')}</caption>
        <thead>
          <tr>
            <th scope="col">${t('report.class')}</th>
            <th scope="col" class="end">${t('report.pictures')}</th>
            <th scope="col" class="end"><abbr title=${isPlain() ? nothing : t('report.recallLong')}>${t('report.recall')}</abbr></th>
            <th scope="col" class="end"><abbr title=${isPlain() ? nothing : t('report.precisionLong')}>${t('report.precision')}</abbr></th>
          </tr>
        </thead>
        <tbody>
          ${report.perClass.map(
            (each) => html`<tr>
              <th scope="row"><span class="with-token">${label(each.classId, each.name)}</span></th>
              <td class="end">${texts.number(each.sampleCount)}</td>
              <td class="end">${texts.percent(each.recall)}</td>
              <td class="end">${texts.percent(each.precision)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  /** @param {TrainReport} report */
  function confusion(report) {
    return html`<div class="table-scroll" tabindex="0" role="region" aria-label=${t('report.confusion')}>
      <table class="confusion">
        <caption>${t('report.confusion')}<span class="soft small">${t('report.confusionHint')}</span></caption>
        <thead>
          <tr>
            <td class="corner small soft">${t('report.corner')}</td>
            ${report.perClass.map((each) => {
              const found = cardOf(each.classId);
              return html`<th scope="col" title=${each.name}>
                ${found ? token(found.card.slot, found.number) : nothing}
                <span class=${found ? 'visually-hidden' : ''}>${each.name}</span>
              </th>`;
            })}
          </tr>
        </thead>
        <tbody>
          ${report.confusion.map((counts, row) => {
            const total = counts.reduce((sum, count) => sum + count, 0);
            const actual = report.perClass[row];
            return html`<tr data-slot=${cardOf(actual.classId)?.card.slot ?? 0}>
              <th scope="row"><span class="with-token">${label(actual.classId, actual.name)}</span></th>
              ${counts.map((count, column) => {
                const name = t('report.cell', {
                  count,
                  actual: actual.name,
                  called: report.perClass[column].name,
                });
                return html`<td class=${row === column ? 'is-right' : 'is-wrong'} ${vars({ '--part': total > 0 ? (count / total).toFixed(2) : 0 })}>
                  ${
                    count > 0
                      ? html`<button type="button" class="cell numbers" aria-label=${name} title=${name} @click=${() => openCell(report, row, column)}>${texts.number(count)}</button>`
                      : html`<span class="cell numbers soft" aria-label=${name}>·</span>`
                  }
                </td>`;
              })}
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  /** How much of the network was trained. @param {TrainReport} report @returns {[string, string][]} */
  function way({ strategy }) {
    if (!nameOf) {
      return [];
    }
    const { key, values } = nameOf(strategy);
    return [[t('advice.strategy'), t(key, values)]];
  }

  /** @param {TrainReport} report */
  function facts(report) {
    const l2 = texts.number(report.l2, { maximumSignificantDigits: 2, notation: 'scientific' });
    const rows = [
      [
        t('report.accuracy'),
        t('report.accuracyRange', {
          part: texts.percent(report.accuracy, 1),
          low: texts.percent(report.accuracyLow, 1),
          high: texts.percent(report.accuracyHigh, 1),
        }),
      ],
      [t('report.balanced'), texts.percent(report.balancedAccuracy, 1)],
      [
        t('report.calibration'),
        t(calibrationWord(report.calibrationError), { part: texts.percent(report.calibrationError, 1) }),
      ],
      [t('report.loss'), texts.number(report.logLoss, { maximumFractionDigits: 3 })],
      [t('report.temperature'), texts.number(report.temperature, { maximumFractionDigits: 2 })],
      ...way(report),
      [t('report.head'), t(/** @type {any} */ (`head.${report.head}`))],
      [
        t('report.weights'),
        t('report.weightsParts', { trained: report.trainedWeightCount, frozen: report.frozenWeightCount }),
      ],
      [t('report.folds'), texts.number(report.foldCount)],
      ...(report.head === 'logistic' ? [[t('report.l2'), l2]] : []),
      [t('report.seed'), String(report.seed)],
      [t('report.backbone'), report.backbone],
      [t('report.time'), texts.ms(report.elapsedMs, 0)],
    ];
    return html`<dl class="facts numbers for-engineers">
      ${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}
    </dl>`;
  }

  /** What the ways to train are called comes with the rest of what lies inside, when somebody looks at the numbers. */
  async function fetchNames() {
    const [strategies] = await Promise.all([import('../state/strategy-names.js'), app.loadInside()]).catch(() => [
      null,
    ]);
    nameOf = strategies?.nameOf ?? null;
    draw();
  }

  /** @param {Event & { currentTarget: HTMLDetailsElement }} event */
  function numbersOpened({ currentTarget }) {
    if (currentTarget.open && !nameOf) {
      namesReady = fetchNames();
    }
  }

  /** What stands on paper alone: of which project these numbers are, and of when. */
  function heading() {
    const day = new Intl.DateTimeFormat(texts.language, { dateStyle: 'long' }).format(Date.now());
    return html`<p class="only-printed"><strong dir="auto">${state.project.name || 'Headstart'}</strong> · ${day}</p>`;
  }

  async function print() {
    await namesReady;
    window.print();
  }

  function draw() {
    const { report, reportIsStale } = state;
    host.hidden = !report?.measured;
    if (!report?.measured) {
      return;
    }
    render(
      html`<h2 id="report-title" class="visually-hidden">${t('report.title')}</h2>
        <details class="more" @toggle=${numbersOpened}>
          <summary>${icon('next', 'icon-mirrored')} ${t('report.details')}</summary>
          <div class="stack ${reportIsStale ? 'is-stale' : ''}">
            ${confusion(report)} ${perClass(report)}
            ${reliabilityChart(reliabilityBins(report.heldOut), texts)} ${facts(report)}
            <button type="button" class="button" @click=${print}>${icon('save')} ${t('report.print')}</button>
          </div>
        </details>
        ${heading()}`,
      host,
    );
  }

  // On paper nothing can be opened.
  window.addEventListener('beforeprint', () => host.querySelector('details')?.setAttribute('open', ''));
  app.watch(['report-changed', 'classes-changed', 'project-changed'], draw);
  draw(); // a project that was there may have its numbers already
}

/**
 * @param {number} error
 * @returns {'report.calibrationGood' | 'report.calibrationFair' | 'report.calibrationPoor'}
 */
function calibrationWord(error) {
  if (error < 0.06) {
    return 'report.calibrationGood';
  }
  return error < 0.15 ? 'report.calibrationFair' : 'report.calibrationPoor';
}
