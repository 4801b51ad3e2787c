// The bar on top: undo and redo, language, theme, help.

import { live } from 'lit/directives/live.js';
import { html, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */

const THEMES = /** @type {const} */ (['auto', 'light', 'dark']);
const THEME_ICONS = /** @type {const} */ ({ auto: 'contrast', light: 'sun', dark: 'moon' });

/** @param {HTMLElement} host @param {App} app @param {Record<string, string>} languages */
export function mountTopBar(host, app, languages) {
  const { state, texts } = app;
  const { t } = texts;

  /** The whole name where there is room for it, else a word of it. @param {string} name @param {string} word */
  const named = (name, word) =>
    html`<span class="top-tool-name">${name}</span><span class="button-word top-tool-short">${word}</span>`;

  function draw() {
    const { history, settings } = state;
    const nextTheme = THEMES[(THEMES.indexOf(settings.theme) + 1) % THEMES.length];
    const themeLabel = t('theme.label', { theme: t(`theme.${settings.theme}`) });
    const skip = document.getElementById('skip-link');
    if (skip) {
      skip.textContent = t('skip');
    }
    render(
      html`<button type="button" class="button button-quiet top-tool" ?disabled=${history.undo === 0} @click=${() => app.undo.undo()}>
          ${icon('undo', 'icon-mirrored')} <span class="button-word">${t('undo')}</span>
        </button>
        <button type="button" class="button button-quiet top-tool wide-only" ?disabled=${history.redo === 0} @click=${() => app.undo.redo()}>
          ${icon('redo', 'icon-mirrored')} <span class="button-word">${t('redo')}</span>
        </button>
        <button type="button" class="button button-quiet top-tool depth" aria-pressed=${settings.depth === 'engineer'} @click=${() => app.settings.toggleDepth()} aria-label=${t('depth')} title=${t('depth')}>
          ${icon('wrench')} ${named(t('depth'), t('word.depth'))}
        </button>
        <label class="language" title=${t('language')}>
          ${icon('language')} <span class="button-word top-tool-short" aria-hidden="true">${languages[texts.language]}</span>
          <select class="language-select" aria-label=${t('language')} .value=${live(texts.language)} @change=${(/** @type {any} */ event) => app.settings.set('language', event.target.value)}>
            ${Object.entries(languages).map(
              ([tag, name]) =>
                html`<option value=${tag} lang=${tag} ?selected=${tag === texts.language}>${name}</option>`,
            )}
          </select>
        </label>
        <button type="button" class="button button-quiet top-tool" @click=${() => app.settings.set('theme', nextTheme)} aria-label=${themeLabel} title=${themeLabel}>
          ${icon(THEME_ICONS[settings.theme])} <span class="button-word">${t('word.theme')}</span>
        </button>
        <button type="button" class="button button-quiet top-tool" @click=${() => app.dialogs.open('about')} aria-label=${t('about.title')} title=${t('about.title')}>
          ${icon('help')} ${named(t('about.title'), t('word.help'))}
        </button>`,
      host,
    );
  }

  app.watch(['history-changed', 'settings-changed'], draw);
}
