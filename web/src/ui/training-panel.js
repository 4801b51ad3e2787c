// What was learnt, in one sentence anybody understands; training by itself or on demand, with progress and a stop.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { token } from '../kit/token.js';
import { expectedOf, isSure, OF, rightOf } from '../state/right-of.js';
import { weakSpot } from '../state/weak-spot.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} host @param {App} app */
export function mountTrainingPanel(host, app) {
  const { state, texts } = app;
  const { t } = texts;

  /** Before and after: what was won or lost, or what another way would win. @param {number} index @param {number} right */
  function lookOf(index, right) {
    const { before, after } = state.outlook;
    if (index < right) {
      return before !== null && index >= before ? 'is-right is-won' : 'is-right';
    }
    return index < (after ?? 0) ? 'is-to-win' : index < (before ?? 0) ? 'is-lost' : '';
  }

  /** "About 19 of 20 new pictures would be right", and as many dots. */
  function sentence() {
    const { report, reportIsStale, engine } = state;
    if (!report) {
      return engine.head
        ? html`<p class="verdict">${t('report.imported')}</p>`
        : html`<p class="verdict">${t('training.invite')}</p>
          <ul class="invite">${state.classes.slice(0, 8).map(
            (card, index) => html`<li class=${card.sampleIds.length > 0 ? 'is-done' : ''}>
              ${token(card.slot, index + 1)}
              <span class="small" dir="auto">${card.name}</span>
              <span class="small numbers soft">${t('pictures', { count: card.sampleIds.length + card.waitingCount })}</span>
            </li>`,
          )}</ul>`;
    }
    if (!report.measured) {
      return html`<p class="verdict">${t('report.unmeasured')}</p>
        <p class="soft small">${t('report.unmeasuredHint')}</p>`;
    }
    const right = rightOf(expectedOf(report));
    return html`<p class="verdict ${reportIsStale ? 'is-stale' : ''}">
        ${isSure(report) && report.accuracy > 0.985 ? t('report.nearlyAll') : t('report.sentence', { right, total: OF })}
      </p>
      <p class="pips" aria-hidden="true">
        ${Array.from({ length: OF }, (_, index) => html`<span class="pip ${lookOf(index, right)}"></span>`)}
      </p>
      <p class="soft small">${reportIsStale && state.training.phase === 'idle' ? t('report.stale') : caution()}</p>`;
  }

  /** What would make the number better or surer. */
  function caution() {
    const { report } = state;
    if (!report) {
      return nothing;
    }
    const spot = weakSpot(report, state.classes);
    if (spot?.why === 'uneven') {
      const { of: few, most } = spot;
      return t('report.uneven', { few: few.name, least: few.pictureCount, many: most.name, most: most.pictureCount });
    }
    if (spot) {
      return t(`report.${spot.why}`, { name: spot.of.name, count: spot.of.pictureCount });
    }
    return t('report.how', { count: report.heldOut.length });
  }

  function progress() {
    const { training, engine } = state;
    if (training.phase === 'running') {
      const { fraction, secondsLeft } = training;
      return html`<div class="progress">
        <progress max="1" .value=${fraction} aria-label=${t('training.running')}></progress>
        <span class="small soft numbers">
          ${secondsLeft === null ? t('training.running') : t('training.left', { time: texts.seconds(Math.max(1, Math.ceil(secondsLeft))) })}
        </span>
      </div>`;
    }
    if (engine.phase === 'loading') {
      return html`<div class="progress">
        <progress max="1" .value=${engine.total > 0 ? engine.done / engine.total : 0} aria-label=${t('engine.loading')}></progress>
        <span class="small soft">${t('engine.loading')}</span>
      </div>`;
    }
    return html`<div class="progress is-idle">
      <span class="small soft">${training.phase === 'waiting' ? t('training.waiting') : training.error}</span>
    </div>`;
  }

  /** Who has pictures keeps them: the page is loaded again only where the engine never started. */
  function againButton() {
    return app.engine.hasStarted
      ? html`<button type="button" class="button" @click=${() => void app.engine.recover()}>${t('engine.again')}</button>`
      : html`<button type="button" class="button" @click=${() => location.reload()}>${t('engine.reload')}</button>`;
  }

  function trouble() {
    const { engine } = state;
    if (engine.phase !== 'unsupported' && engine.phase !== 'failed') {
      return nothing;
    }
    return html`<div class="trouble" role="alert">
      ${icon('warning')}
      <div>
        <p><strong>${t(engine.phase === 'unsupported' ? 'engine.unsupported' : app.engine.hasStarted ? 'engine.stopped' : 'engine.failed')}</strong></p>
        <p class="small">${app.notices.wordsOf(engine)}</p>
        <details class="small"><summary>${t('engine.words')}</summary><p lang="en" dir="ltr">${engine.message}</p></details>
        ${engine.phase === 'failed' ? againButton() : nothing}
      </div>
    </div>`;
  }

  /** One button for both, so that the focus stays where it is. */
  function startOrStop() {
    if (state.training.phase !== 'running') {
      void app.training.train();
    } else if (state.tuning) {
      app.training.finish();
    } else {
      app.training.stop();
    }
  }

  function draw() {
    const { training } = state;
    const isRunning = training.phase === 'running';
    render(
      html`<div class="panel-head">
          <h2 id="training-title">${t('training.title')}</h2>
          <button type="button" class="button button-quiet is-worded" @click=${() => app.dialogs.open('training')} aria-label=${t('training.settings')} title=${t('training.settings')}>
            ${icon('settings')} <span class="button-word">${t('word.settings')}</span>
          </button>
        </div>
        ${trouble()} ${sentence()}
        <div class="better" id="better"></div>
        ${progress()}
        <div class="button-row">
          <button type="button" class="button button-wide" ?disabled=${!isRunning && !app.training.canTrain} @click=${startOrStop}>
            ${icon(isRunning ? 'stop' : 'layers')} ${t(isRunning ? 'stop' : state.report ? 'training.again' : 'training.start')}
          </button>
          <button type="button" class="button button-quiet button-wide" @click=${() => app.dialogs.open('inside')}>${icon('eye')} ${t('network.open')}</button>
        </div>`,
      host,
    );
  }

  app.watch(
    [
      'training-changed',
      'training-progressed',
      'report-changed',
      'samples-changed',
      'classes-changed',
      'engine-changed',
      'engine-progressed',
      'engine-ready',
      'better-changed',
    ],
    draw,
  );
}
