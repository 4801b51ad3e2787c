// Toasts, the progress of pictures coming in, and the one live region of the page.

import { repeat } from 'lit/directives/repeat.js';
import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/types.js').Notice} Notice */

/** @param {HTMLElement} host @param {App} app */
export function mountNotices(host, app) {
  const { state } = app;
  const { t, has } = app.texts;
  const region = document.createElement('div');
  region.className = 'visually-hidden';
  region.id = 'live-region';
  region.setAttribute('role', 'status');
  region.setAttribute('aria-live', 'polite');
  const toasts = document.createElement('div');
  toasts.className = 'toasts';
  host.replaceChildren(region, toasts);

  /** @param {Notice} notice */
  function toast(notice) {
    const act = () => {
      notice.action?.();
      app.notices.dismiss(notice.id);
    };
    return html`<div class="toast ${notice.kind === 'error' ? 'is-error' : ''}">
      ${notice.kind === 'error' ? icon('warning') : nothing}
      <div class="toast-text">
        <p>${notice.text}</p>
        ${notice.detail ? html`<p class="small">${notice.detail}</p>` : nothing}
      </div>
      ${notice.action ? html`<button type="button" class="button toast-action" @click=${act}>${notice.actionText}</button>` : nothing}
      <button type="button" class="button button-quiet button-icon" @click=${() => app.notices.dismiss(notice.id)} aria-label=${t('notice.dismiss')}>${icon('close')}</button>
    </div>`;
  }

  /** @param {string} reason */
  function reasonText(reason) {
    const key = /** @type {any} */ (`unreadable.${reason}`);
    return t(has(key) ? key : 'unreadable.broken');
  }

  function intake() {
    const { intake: view } = state;
    if (!view) {
      return nothing;
    }
    if (view.running) {
      const label = t('intake.progress', { done: view.done, total: view.total });
      return html`<div class="toast toast-wide">
        <div class="toast-text">
          <p class="numbers">${label}</p>
          <progress max=${view.total} .value=${view.done} aria-label=${label}></progress>
        </div>
        <button type="button" class="button toast-action" @click=${() => app.intake.stop()}>${icon('stop')} ${t('stop')}</button>
      </div>`;
    }
    return html`<div class="toast toast-wide is-error">
      ${icon('warning')}
      <div class="toast-text">
        <p>${t('intake.unreadable', { count: view.unreadable.length })}</p>
        <ul class="unreadable small" tabindex="0" aria-label=${t('intake.unreadable', { count: view.unreadable.length })}>
          ${view.unreadable.map(({ name, reason }) => html`<li><bdi>${name}</bdi>: ${reasonText(reason)}</li>`)}
        </ul>
      </div>
      <button type="button" class="button button-quiet button-icon" @click=${() => app.intake.dismiss()} aria-label=${t('notice.dismiss')}>${icon('close')}</button>
    </div>`;
  }

  function draw() {
    render(html`${intake()} ${repeat(state.notices, ({ id }) => id, toast)}`, toasts);
  }

  /** The page leaves as much room as they take, and what a person is at stays in sight. */
  function leaveRoom() {
    const height = toasts.offsetHeight;
    document.documentElement.style.setProperty('--toasts', `${height}px`);
    const { activeElement } = document;
    if (activeElement && host.parentElement === document.body && activeElement.closest('#classes, #rail')) {
      const { top, bottom } = activeElement.getBoundingClientRect();
      if (top < innerHeight && bottom > innerHeight - height) {
        activeElement.scrollIntoView({ block: 'nearest' });
      }
    }
  }

  new ResizeObserver(leaveRoom).observe(toasts);
  app.watch(['notices-changed', 'intake-changed'], draw);
  app.watch(['announced'], () => {
    // The same sentence twice is no change to a screen reader, unless a space tells them apart.
    const isRepeated = state.announcement !== '' && region.textContent === state.announcement;
    region.textContent = isRepeated ? `${state.announcement}\u00a0` : state.announcement;
  });
}
