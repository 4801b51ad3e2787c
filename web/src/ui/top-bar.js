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

  function draw() {
    const { history, settings } = state;
    const nextTheme = THEMES[(THEMES.indexOf(settings.theme) + 1) % THEMES.length];
    const themeLabel = t('theme.label', { theme: t(`theme.${settings.theme}`) });
    const skip = document.getElementById('skip-link');
    if (skip) {
      skip.textContent = t('skip');
    }
    render(
      html`<button type="button" class="button button-quiet button-icon" ?disabled=${history.undo === 0} @click=${() => app.undo.undo()} aria-label=${t('undo')} title=${t('undo')}>
          ${icon('undo', 'icon-mirrored')}
        </button>
        <button type="button" class="button button-quiet button-icon wide-only" ?disabled=${history.redo === 0} @click=${() => app.undo.redo()} aria-label=${t('redo')} title=${t('redo')}>
          ${icon('redo', 'icon-mirrored')}
        </button>
        <button type="button" class="button button-quiet top-tool depth" aria-pressed=${settings.depth === 'engineer'} @click=${() => app.settings.toggleDepth()} aria-label=${t('depth')} title=${t('depth')}>
          ${icon('wrench')} <span class="top-tool-name">${t('depth')}</span>
        </button>
        <label class="language" title=${t('language')}>
          ${icon('language')}
          <select class="language-select" aria-label=${t('language')} .value=${live(texts.language)} @change=${(/** @type {any} */ event) => app.settings.set('language', event.target.value)}>
            ${Object.entries(languages).map(
              ([tag, name]) =>
                html`<option value=${tag} lang=${tag} ?selected=${tag === texts.language}>${name}</option>`,
            )}
          </select>
        </label>
        <button type="button" class="button button-quiet button-icon" @click=${() => app.settings.set('theme', nextTheme)} aria-label=${themeLabel} title=${themeLabel}>
          ${icon(THEME_ICONS[settings.theme])}
        </button>
        <button type="button" class="button button-quiet top-tool" @click=${() => app.dialogs.open('about')} aria-label=${t('about.title')} title=${t('about.title')}>
          ${icon('help')} <span class="top-tool-name">${t('about.title')}</span>
        </button>`,
      host,
    );
  }

  app.watch(['history-changed', 'settings-changed'], draw);
}
