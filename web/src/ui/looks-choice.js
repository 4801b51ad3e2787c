// "How carefully it looks": which networks look, in words that need none of theirs. There only where there is a choice.

import { live } from 'lit/directives/live.js';
import { html, nothing, render } from 'lit/html.js';

/** @typedef {import('../state/app.js').App} App */

/** What the page picks by itself. */
const PAGE = 'page';
/** Those that have a word of their own, from the quickest on. */
const NAMED = ['built-in', 'fast', 'balanced', 'best'];
const OWN = 'own';

/** @param {HTMLElement} host @param {App} app */
export function mountLooksChoice(host, app) {
  const { state, backbones } = app;
  const { t } = app.texts;

  /** @param {string} name */
  function choose(name) {
    if (name === PAGE) {
      void backbones.letPagePick(true);
    } else if (name !== OWN) {
      void backbones.choose(name);
    }
  }

  function progress() {
    const { change } = state.backbones;
    if (!change) {
      return nothing;
    }
    const label = t('looks.changing', { done: change.done, total: change.total });
    return html`<div class="progress">
      <progress max=${change.total || 1} .value=${change.done} aria-label=${label}></progress>
      <span class="small soft numbers">${label}</span>
      <button type="button" class="button" @click=${() => backbones.stop()}>${t('stop')}</button>
    </div>`;
  }

  function choice() {
    const { entries, change, measuring } = state.backbones;
    const there = NAMED.filter((name) => entries.some((entry) => entry.name === name && entry.available));
    if (there.length < 2) {
      return nothing;
    }
    const { picksNetwork, backbone } = state.settings;
    const chosen = picksNetwork ? PAGE : NAMED.includes(backbone) ? backbone : OWN;
    const names = [PAGE, ...there, ...(chosen === OWN ? [OWN] : [])];
    const isBusy = change !== null || measuring || state.engine.phase !== 'ready';
    return html`<label class="field">
        <span>${t('looks')}</span>
        <select class="select" aria-label=${t('looks')} aria-description=${t('looks.about')} ?disabled=${isBusy} .value=${live(chosen)} @change=${(/** @type {any} */ event) => choose(event.target.value)}>
          ${names.map((name) => html`<option value=${name} ?selected=${name === chosen}>${t(/** @type {any} */ (`looks.${name}`))}</option>`)}
        </select>
        <span class="soft small">${t('looks.about')}</span>
      </label>
      ${progress()}`;
  }

  const draw = () => render(choice(), host);
  app.watch(['dialog-changed', 'settings-changed', 'backbones-changed', 'engine-changed'], draw);
  app.watch(['dialog-changed'], () => {
    if (state.dialog === 'training') {
      void backbones.listTiers();
    }
  });
}
