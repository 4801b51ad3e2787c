// A fine-tuning while it runs and what came of it: curves with words beside them, pause, an end that keeps the best, and
// an honest comparison with the head alone.

import { html, nothing, render } from 'lit/html.js';
import { curves } from '../kit/curves.js';
import { icon } from '../kit/icons.js';
import { regionMark } from '../kit/region-marks.js';
import { nameOf } from '../state/strategy-names.js';
import { cameTo } from '../state/tuned.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/types.js').Tuning} Tuning */

/** @param {HTMLElement} host @param {App} app @param {{ titleId: string }} options */
export function mountTuningPanel(host, app, { titleId }) {
  const { state, texts } = app;
  const { t } = texts;
  host.setAttribute('aria-labelledby', titleId);

  /** @param {string} strategy */
  function name(strategy) {
    const { key, values } = nameOf(strategy);
    return t(key, values);
  }

  /** @param {Tuning} tuning */
  function words({ stage, epochs, epochCount, paused }) {
    const newest = epochs.at(-1);
    if (paused) {
      return t('tuning.paused');
    }
    if (newest) {
      return t('tuning.round', {
        number: epochs.length,
        total: epochCount,
        part: texts.percent(newest.heldOutAccuracy),
      });
    }
    return t(stage === 'train' ? 'tuning.first' : 'tuning.maps');
  }

  /** @param {Tuning} tuning */
  function charts({ epochs, epochCount }) {
    const report = state.report?.fineTuning ?? null;
    const done = state.training.phase !== 'running';
    const before = done ? report?.headAlone : null;
    // A loss of a billionth is none.
    const loss = (/** @type {number} */ value) =>
      texts.number(Math.round(value * 1e4) / 1e4, { maximumSignificantDigits: 2 });
    const percent = (/** @type {number} */ value) => texts.percent(value);
    const newest = epochs.at(-1);
    const accuracies = epochs.map(({ heldOutAccuracy }) => heldOutAccuracy);
    const least = Math.min(1, ...accuracies.filter(Number.isFinite), before?.accuracy ?? 1);
    const shared = { roundCount: Math.max(2, epochCount), bestRound: done ? (report?.bestEpoch ?? 0) : 0 };
    return html`<div class="tuning-charts for-engineers">
      ${curves({
        ...shared,
        caption: t('tuning.loss'),
        title: `${t('tuning.loss')}. ${newest ? t('tuning.lossSaid', { train: loss(newest.trainLoss), heldOut: loss(newest.heldOutLoss) }) : ''}`,
        format: loss,
        lines: [
          { name: t('tuning.train'), look: 'light', values: epochs.map(({ trainLoss }) => trainLoss) },
          { name: t('tuning.heldOut'), look: 'strong', values: epochs.map(({ heldOutLoss }) => heldOutLoss) },
        ],
      })}
      ${curves({
        ...shared,
        caption: t('tuning.accuracy'),
        title: `${t('tuning.accuracy')}. ${newest ? percent(newest.heldOutAccuracy) : ''}`,
        format: percent,
        range: [Math.max(0, Math.floor(least * 10 - 0.5) / 10), 1],
        lines: [
          { name: t('tuning.heldOut'), look: 'strong', values: accuracies },
          ...(before
            ? [{ name: t('tuning.headAlone'), look: /** @type {const} */ ('level'), values: [before.accuracy] }]
            : []),
        ],
      })}
    </div>`;
  }

  /** @param {Tuning} tuning */
  function controls({ paused, finishing }) {
    return html`<div class="button-row">
      <button type="button" class="button button-strong" ?disabled=${finishing} @click=${() => app.training.finish()}>${icon('check')} ${t('tuning.finish')}</button>
      <button type="button" class="button" aria-pressed=${paused} ?disabled=${finishing} @click=${() => app.training.togglePause()}>
        ${icon(paused ? 'play' : 'pause')} ${t(paused ? 'tuning.resume' : 'tuning.pause')}
      </button>
      <button type="button" class="button button-quiet" @click=${() => app.training.stop()}>${icon('close')} ${t('tuning.cancel')}</button>
    </div>`;
  }

  function outcome() {
    const { report } = state;
    const found = report?.fineTuning;
    if (!report || !found) {
      return nothing;
    }
    const { accuracy, isLessSure } = found.betterThanHead ? { ...found.fineTuned, isLessSure: false } : cameTo(found);
    const parts = { before: texts.percent(found.headAlone.accuracy, 1), after: texts.percent(accuracy, 1) };
    const key = found.betterThanHead ? 'tuning.helped' : isLessSure ? 'tuning.unsure' : 'tuning.kept';
    return html`<p class="tuning-outcome">${t(key, parts)}</p>
      <ul class="tuning-facts small numbers for-engineers">
        <li class="is-trained">${regionMark('trained')} ${t('network.trained')}: ${t('network.weights', { count: report.trainedWeightCount })}</li>
        <li class="is-frozen">${regionMark('frozen')} ${t('network.frozen')}: ${t('network.weights', { count: report.frozenWeightCount })}</li>
        ${
          found.bestEpoch > 0
            ? html`<li>${icon('check')} ${t(found.stoppedEarly ? 'tuning.bestEarly' : 'tuning.best', { number: found.bestEpoch, total: found.epochs.length })}</li>`
            : nothing
        }
        <li>${icon('eye')} ${t('tuning.split', { learnt: found.trainCount, heldOut: found.heldOutCount })}</li>
      </ul>`;
  }

  /** What was cut short can go on, or it is said why it cannot. */
  function interrupted() {
    const { round } = state.training;
    if (!round || state.training.phase === 'running' || state.project.phase !== 'open') {
      return nothing;
    }
    const { obstacle } = app.training.rounds;
    const [number, total] = [round.epoch, round.epochCount];
    return html`<div class="tuning-interrupted">
      <h3 id=${titleId}>${name(round.options.strategy)}</h3>
      <p>${t('tuning.interrupted', { number, total })} ${obstacle ? t(`tuning.cannot.${obstacle}`) : ''}</p>
      <div class="button-row">
        ${
          obstacle
            ? nothing
            : html`<button type="button" class="button button-strong" @click=${() => app.training.goOn()}>
              ${icon('play')} ${t('tuning.goOn', { number: Math.min(number + 1, total), total })}
            </button>`
        }
        <button type="button" class="button button-quiet" @click=${() => app.training.rounds.set(null)}>${icon('close')} ${t('tuning.letGo')}</button>
      </div>
    </div>`;
  }

  function draw() {
    const { tuning, training } = state;
    const offer = interrupted();
    host.hidden = tuning === null && offer === nothing;
    if (!tuning || offer !== nothing) {
      render(offer, host);
      return;
    }
    const running = training.phase === 'running';
    render(
      html`<h3 id=${titleId}>${name(tuning.strategy)}</h3>
        ${
          running
            ? html`<div class="progress">
                <progress max="1" .value=${training.fraction} aria-label=${t('training.running')}></progress>
                <span class="small numbers">${words(tuning)} ${left()}</span>
              </div>`
            : outcome()
        }
        ${tuning.epochs.length > 0 ? charts(tuning) : nothing} ${running ? controls(tuning) : nothing}`,
      host,
    );
  }

  function left() {
    const { secondsLeft } = state.training;
    return secondsLeft === null || state.tuning?.paused
      ? nothing
      : html`<span class="soft">${t('advice.left', { time: texts.duration(secondsLeft * 1000) })}</span>`;
  }

  app.watch(['training-changed', 'training-progressed', 'tuning-changed', 'report-changed', 'training-ended'], draw);
  app.watch(['round-changed', 'project-changed', 'samples-changed', 'classes-changed', 'backbone-changed'], draw);
}
