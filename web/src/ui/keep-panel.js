// What a person takes home: the trained head, the pictures; and what they bring back. What most want next stands in front of
// all else as soon as something has been learnt.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} host @param {HTMLElement} front @param {App} app */
export function mountKeepPanel(host, front, app) {
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

  /** @param {import('../kit/icons.js').IconName} sign @param {'use' | 'keep'} name @param {string} dialog @param {boolean} isThere */
  const loud = (sign, name, dialog, isThere) =>
    html`<button type="button" class="button button-strong keep-loud" ?disabled=${!isThere} @click=${() => app.dialogs.open(dialog)}>
      ${icon(sign)} <strong>${t(`keep.${name}`)}</strong> <span class="small">${t(`keep.${name}.about`)}</span>
    </button>`;

  function draw() {
    const { engine, classes } = state;
    const count = classes.reduce((sum, card) => sum + card.sampleIds.length, 0);
    const hasHead = engine.head !== null;
    const loudest = html`<div class="keep-loudest">${loud('play', 'use', 'outputs', hasHead)} ${loud('save', 'keep', 'projects', true)}</div>`;
    front.hidden = !hasHead;
    render(hasHead ? loudest : nothing, front);
    render(
      html`<h2 id="keep-title">${t('keep.title')}</h2>
        <div class="stack-tight">
          ${hasHead ? nothing : loudest}
          <button type="button" class="button button-wide" ?disabled=${!hasHead} @click=${() => app.dialogs.open('exam')}>
            ${icon('check')} ${t('keep.exam')}
          </button>
          <button type="button" class="button button-quiet button-wide" ?disabled=${count === 0 && !hasHead} @click=${() => app.dialogs.open('export')}>
            ${icon('next', 'icon-mirrored')} ${t('keep.elsewhere')}
          </button>
          <label class="button button-quiet button-wide file-button ${engine.phase === 'ready' ? '' : 'is-disabled'}">
            ${icon('open')} ${t('keep.open')}
            <input type="file" class="covering" multiple accept=".safetensors,.tflite,.zip,.tm,image/*,video/*" ?disabled=${engine.phase !== 'ready'} @change=${open} />
          </label>
        </div>
        <p class="soft small privacy">${icon('shield')} ${t('keep.privacy')}</p>`,
      host,
    );
  }

  app.watch(['engine-changed', 'engine-ready', 'samples-changed', 'classes-changed', 'training-ended'], draw);
}
