// What a person takes home: the trained head, the pictures; and what they bring back.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} host @param {App} app */
export function mountKeepPanel(host, app) {
  const { state } = app;
  const { t } = app.texts;

  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  async function open({ currentTarget }) {
    const files = [...(currentTarget.files ?? [])];
    currentTarget.value = '';
    if (files.length > 0) {
      await app.intake.take(files, null);
    }
  }

  function draw() {
    const { engine, saving, classes } = state;
    const count = classes.reduce((sum, card) => sum + card.sampleIds.length, 0);
    render(
      html`<h2 id="keep-title">${t('keep.title')}</h2>
        <div class="stack-tight">
          <button type="button" class="button button-strong button-wide" ?disabled=${!engine.head} @click=${() => app.dialogs.open('outputs')}>
            ${icon('play')} ${t('keep.use')}
          </button>
          <button type="button" class="button button-wide" ?disabled=${!engine.head} @click=${() => app.dialogs.open('exam')}>
            ${icon('check')} ${t('keep.exam')}
          </button>
          <button type="button" class="button button-wide" ?disabled=${count === 0 && !engine.head} @click=${() => app.dialogs.open('export')}>
            ${icon('save')} ${t('keep.elsewhere')}
          </button>
          <button type="button" class="button button-wide" ?disabled=${!engine.head} @click=${() => app.exchange.exportHead()}>
            ${icon('save')} ${t('keep.head')}
          </button>
          ${
            saving
              ? html`<div class="progress">
                  <progress max=${saving.total} .value=${saving.done} aria-label=${t('keep.saving')}></progress>
                  <button type="button" class="button button-wide" @click=${() => app.exchange.stopSaving()}>${icon('stop')} ${t('stop')}</button>
                </div>`
              : html`<button type="button" class="button button-wide" ?disabled=${count === 0} @click=${() => app.exchange.savePictures()}>
                ${icon('save')} ${t('keep.pictures')}
              </button>`
          }
          <button type="button" class="button button-quiet button-wide" @click=${() => app.dialogs.open('projects')}>
            ${icon('pictures')} ${t('projects.title')}
          </button>
          <label class="button button-quiet button-wide file-button ${engine.phase === 'ready' ? '' : 'is-disabled'}">
            ${icon('open')} ${t('keep.open')}
            <input type="file" class="covering" multiple accept=".safetensors,.zip,.tm,image/*,video/*" ?disabled=${engine.phase !== 'ready'} @change=${open} />
          </label>
        </div>
        <p class="soft small privacy">${icon('shield')} ${t('keep.privacy')}</p>
        ${nothing}`,
      host,
    );
  }

  app.watch(
    ['engine-changed', 'engine-ready', 'saving-changed', 'samples-changed', 'classes-changed', 'training-ended'],
    draw,
  );
}
