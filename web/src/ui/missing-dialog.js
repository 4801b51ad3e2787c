// Which network what was opened learnt with, where that is not in use: what is lost (nothing), what works meanwhile, and how it comes.

import { html, nothing, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} host @param {App} app */
export function mountMissingDialog(host, app) {
  const { state, texts } = app;
  const { t } = texts;
  const close = () => app.dialogs.close('missing');
  const dialog = createDialog(host, {
    className: 'dialog-small',
    labelledBy: 'missing-title',
    onClose: () => {
      close();
      app.backbones.putOffMissing();
    },
  });

  /** @param {NonNullable<typeof state.missing>} missing */
  function meanwhile({ what }) {
    const count = state.classes.reduce((sum, { sampleIds }) => sum + sampleIds.length, 0);
    if (what === 'head') {
      return html`<p>${t('missing.headMeanwhile')}</p>`;
    }
    return html`<p>${icon('check')} ${t('missing.nothingLost', { pictures: t('pictures', { count }) })}</p>
      <p>${t('missing.meanwhile')}</p>`;
  }

  /** @param {Event} event */
  function takeFiles({ target }) {
    const input = /** @type {HTMLInputElement} */ (target);
    void app.backbones.useOwn([...(input.files ?? [])]);
    input.value = '';
  }

  /** @param {NonNullable<typeof state.missing>} missing */
  function ways({ atHand }) {
    const { change } = state.backbones;
    if (change) {
      const label = t('backbone.changing', { done: change.done, total: change.total });
      return html`<div class="progress">
        <progress max=${change.total || 1} .value=${change.done} aria-label=${label}></progress>
        <span class="small soft numbers">${label}</span>
        <button type="button" class="button" @click=${() => app.backbones.stop()}>${icon('stop')} ${t('stop')}</button>
      </div>`;
    }
    const isBusy = state.engine.phase !== 'ready';
    const bring = atHand
      ? html`<button type="button" class="button button-strong" ?disabled=${isBusy} @click=${() => app.backbones.choose(atHand)}>${icon('check')} ${t('networks.use')}</button>`
      : html`<label class="button button-strong file-button ${isBusy ? 'is-disabled' : ''}">
          ${icon('open')} ${t('missing.choose')}
          <input type="file" class="covering" accept=".tflite,.safetensors" multiple aria-describedby="missing-network" ?disabled=${isBusy} @change=${takeFiles} />
        </label>`;
    return html`${bring} <button type="button" class="button" @click=${close}>${t('missing.later')}</button>`;
  }

  function draw() {
    const { missing } = state;
    const isOpen = state.dialog === 'missing' && missing !== null;
    if (isOpen) {
      render(
        html`<header class="dialog-head">
            <h2 id="missing-title">${t('missing.title')}</h2>
            <button type="button" class="button button-quiet button-icon" @click=${close} aria-label=${t('close')}>${icon('close')}</button>
          </header>
          <div class="dialog-body stack">
            <div class="stack-tight" id="missing-network">
              <p>${t(missing.what === 'head' ? 'missing.head' : 'missing.project', { name: missing.title })}
                ${t(missing.atHand ? 'missing.atHand' : 'missing.gone')}</p>
              ${missing.source ? html`<p>${t('missing.from', { source: missing.source })}</p>` : nothing}
              ${missing.isOwn && !missing.atHand ? html`<p>${t('missing.own')}</p>` : nothing}
            </div>
            ${meanwhile(missing)}
            ${missing.atHand ? nothing : html`<p class="small soft">${t('missing.drop')}</p>`}
          </div>
          <footer class="dialog-foot">${ways(missing)}</footer>`,
        dialog.element,
      );
    }
    dialog.toggle(isOpen);
  }

  app.watch(['dialog-changed', 'missing-changed', 'backbones-changed', 'engine-changed', 'samples-changed'], draw);
}
