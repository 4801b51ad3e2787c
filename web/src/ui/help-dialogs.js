// The keyboard map, and what runs here: for the curious, the teacher, the engineer.

import { live } from 'lit/directives/live.js';
import { html, nothing, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */

const KEYS = /** @type {const} */ ([
  [['Space', 'Enter'], 'keys.hold'],
  [['1', '…', '9'], 'keys.digits'],
  [['N'], 'keys.add'],
  [['T'], 'keys.train'],
  [['P'], 'keys.pause'],
  [['M'], 'keys.mirror'],
  [['E'], 'depth'],
  [['Ctrl', 'Z'], 'keys.undo'],
  [['Ctrl', 'V'], 'keys.paste'],
  [['←', '→'], 'keys.arrows'],
  [['⇧', '→'], 'keys.range'],
  [['Del'], 'keys.delete'],
  [['?'], 'keys.help'],
]);

/** @param {HTMLElement} host @param {App} app */
export function mountHelpDialogs(host, app) {
  const { state, texts } = app;
  const { t } = texts;
  const keys = createDialog(host, {
    className: 'dialog-small',
    labelledBy: 'keys-title',
    onClose: () => app.dialogs.close('keys'),
  });
  const about = createDialog(host, {
    className: 'dialog-small',
    labelledBy: 'about-title',
    onClose: () => app.dialogs.close('about'),
  });
  /** @type {Awaited<ReturnType<App['engine']['stats']>>} */
  let stats = null;

  /** @param {string} id @param {string} title */
  const head = (id, title) => html`<header class="dialog-head">
    <h2 id=${id}>${title}</h2>
    <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close(state.dialog)} aria-label=${t('close')}>${icon('close')}</button>
  </header>`;

  function drawKeys() {
    render(
      html`${head('keys-title', t('keys.title'))}
        <div class="dialog-body stack">
          <dl class="keys">
            ${KEYS.map(
              ([names, text]) => html`<div>
                <dt>${names.map((name) => html`<kbd>${name}</kbd>`)}</dt>
                <dd>${t(text)}</dd>
              </div>`,
            )}
          </dl>
          <label class="check">
            <input type="checkbox" .checked=${live(state.settings.singleKeys)} @change=${(/** @type {any} */ event) => app.settings.set('singleKeys', event.target.checked)} />
            <span>${t('settings.singleKeys')}</span>
          </label>
        </div>`,
      keys.element,
    );
  }

  function canvasNote() {
    const { canvas } = state.camera;
    if (canvas !== 'avoided' && canvas !== 'falsified') {
      return nothing;
    }
    return html`<p class="small">${t(canvas === 'avoided' ? 'about.canvas' : 'canvas.falsified')}</p>`;
  }

  function drawAbout() {
    const { engine } = state;
    const pictureCount = state.classes.reduce((sum, card) => sum + card.sampleIds.length, 0);
    const rows = [
      [
        t('about.engine'),
        engine.variant ? `${engine.variant} · ${t('about.threads', { count: engine.threads })}` : '–',
      ],
      [t('backbone.title'), engine.backbone ? `${engine.backbone.name} · ${engine.backbone.license}` : '–'],
      [t('about.pictures'), t('pictures', { count: pictureCount })],
      ...(stats
        ? [
            [t('about.pictureMemory'), texts.bytes(stats.pictureBytes)],
            [t('about.engineMemory'), texts.bytes(stats.wasmBytes)],
          ]
        : []),
    ];
    render(
      html`${head('about-title', t('about.title'))}
        <div class="dialog-body stack">
          <p>${t('about.what')}</p>
          <p class="privacy">${icon('shield')} ${t('keep.privacy')}</p>
          <dl class="facts numbers for-engineers">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
          ${canvasNote()}
          <div class="button-row">
            <button type="button" class="button button-strong" @click=${() => app.dialogs.open('lesson')}>${icon('eye')} ${t('lesson.title')}</button>
            <button type="button" class="button" @click=${() => app.dialogs.open('cards')}>${icon('pictures')} ${t('cards.title')}</button>
            <button type="button" class="button" @click=${() => app.dialogs.open('keys')}>${t('keys.title')}</button>
            <button type="button" class="button for-engineers" @click=${() => app.dialogs.open('backbone')}>${t('backbone.title')}</button>
          </div>
        </div>`,
      about.element,
    );
  }

  function draw() {
    const { dialog } = state;
    if (dialog === 'keys') {
      drawKeys();
    }
    if (dialog === 'about') {
      drawAbout();
      if (!about.isOpen) {
        void app.engine.stats().then((now) => {
          stats = now;
          drawAbout();
        });
      }
    }
    keys.toggle(dialog === 'keys');
    about.toggle(dialog === 'about');
  }

  app.watch(['dialog-changed', 'settings-changed', 'engine-changed'], draw);
}
