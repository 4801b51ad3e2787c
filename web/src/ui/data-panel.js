// What the same measurement says about the pictures, as sentences that open the pictures they speak of.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/inside.js').Inside} Inside */
/** @typedef {import('../engine/headstart.js').DataAdvice} DataAdvice */

/** @param {HTMLElement} host @param {App} app @param {Inside['advice']} advice */
export function mountDataPanel(host, app, advice) {
  const { state, texts } = app;
  const { t } = texts;

  /** @param {DataAdvice} each */
  function sentence({ kind, classIds = [], sampleIds = [], value = 0 }) {
    const names = classIds.map((classId) => state.classes.find(({ id }) => id === classId)?.name ?? '–');
    const key = /** @type {import('../texts/texts.js').TextKey} */ (`data.${kind}`);
    if (!texts.has(key)) {
      return '';
    }
    return t(key, {
      name: names[0] ?? '',
      other: names[1] ?? '',
      count: kind === 'too-few' ? Math.round(value) : sampleIds.length,
      part: texts.percent(value),
    });
  }

  /** @param {DataAdvice} each @param {string} title */
  function open({ classIds = [], sampleIds = [] }, title) {
    const present = new Set(state.classes.flatMap((card) => card.sampleIds));
    const left = sampleIds.filter((id) => present.has(id));
    if (left.length > 0) {
      const card = state.classes.find(({ id }) => id === classIds[0]);
      app.viewer.open({ sampleIds: left, index: 0, title, classKey: card?.key ?? null });
    }
  }

  /** @param {DataAdvice} each */
  function item(each) {
    const text = sentence(each);
    if (text === '') {
      return nothing;
    }
    const count = each.sampleIds?.length ?? 0;
    return html`<li>
      ${icon(each.kind === 'too-few' ? 'plus' : 'warning')}
      <span>${text}</span>
      ${
        count > 0
          ? html`<button type="button" class="button button-small" aria-label=${t('data.showLabel', { text })} @click=${() => open(each, text)}>${icon('eye')} ${t('data.show', { count })}</button>`
          : nothing
      }
    </li>`;
  }

  function draw() {
    const found = advice.view.advice;
    host.hidden = !found;
    if (state.dialog !== 'inside' || !found) {
      return;
    }
    render(
      html`<h3>${t('data.title')}</h3>
        ${found.data.length > 0 ? html`<ul class="data-advice ${advice.view.isStale ? 'is-stale' : ''}">${found.data.map(item)}</ul>` : html`<p class="soft small">${t('data.fine')}</p>`}`,
      host,
    );
  }

  app.watch(['advice-changed', 'dialog-changed', 'classes-changed', 'samples-changed'], draw);
}
