// What this page is, in one sentence, and its three steps, which light up one after the other. Gone once it has learnt.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { gameCards } from '../state/game-signs.js';

/** @typedef {import('../state/app.js').App} App */

const STEPS = /** @type {const} */ (['show', 'hold', 'see']);

/** @param {HTMLElement} host @param {App} app */
export function mountWelcomePanel(host, app) {
  const { state, texts } = app;
  const { t } = texts;

  function doneCount() {
    const taughtCount = app.classes.taught.length;
    if (state.camera.phase !== 'open' && taughtCount === 0) {
      return 0;
    }
    if (taughtCount < 2) {
      return 1;
    }
    return state.live.ranked.length > 0 ? 3 : 2;
  }

  function draw() {
    // The game has steps of its own.
    host.hidden = state.report !== null || state.engine.head !== null || gameCards(state.classes) !== null;
    if (host.hidden) {
      render(nothing, host);
      return;
    }
    const done = doneCount();
    const isReady = state.engine.phase === 'ready';
    const isEmpty = state.classes.every(({ sampleIds, waitingCount }) => sampleIds.length + waitingCount === 0);
    render(
      html`<h2 id="welcome-title" class="welcome-title">${t('welcome.title')}</h2>
        <ol class="steps welcome-steps">
          ${STEPS.map(
            (
              step,
              index,
            ) => html`<li class=${index < done ? 'is-done' : index === done ? 'is-now' : ''} aria-current=${index === done ? 'step' : nothing}>
              <span class="welcome-number" aria-hidden="true">${index < done ? icon('check') : index + 1}</span>
              <span>${t(`welcome.${step}`)}${index < done ? html`<span class="visually-hidden"> ${t('welcome.done')}</span>` : nothing}</span>
            </li>`,
          )}
        </ol>
        ${
          isEmpty
            ? html`<div class="stack-tight">
                <button type="button" class="button button-wide" ?disabled=${!isReady} @click=${() => app.beginWith('drawings')}>${icon('pictures')} ${t('welcome.examples')}</button>
                <button type="button" class="button button-wide" @click=${() => app.beginWith('game')}>✊ ✋ ✌️ ${t('welcome.game')}</button>
              </div>`
            : nothing
        }`,
      host,
    );
  }

  app.watch(
    [
      'camera-changed',
      'samples-changed',
      'classes-changed',
      'actions-changed',
      'live-changed',
      'engine-changed',
      'engine-ready',
      'training-ended',
      'report-changed',
    ],
    draw,
  );
}
