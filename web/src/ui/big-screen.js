// The answer for a whole room: the camera, the answer in letters that the last row reads, and what the class shows.

import { html, nothing, render } from 'lit/html.js';
import { addressOf } from '../kit/blob-address.js';
import { icon } from '../kit/icons.js';
import { token } from '../kit/token.js';
import { vars } from '../kit/vars.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} host @param {App} app */
export function mountBigScreen(host, app) {
  const { state, texts } = app;
  const { t } = texts;
  const screen = document.createElement('dialog');
  screen.className = 'big-screen';
  screen.setAttribute('aria-labelledby', 'big-screen-title');
  host.append(screen);
  const video = document.createElement('video');
  video.className = 'big-screen-video';
  video.muted = true;
  video.playsInline = true;
  video.setAttribute('aria-hidden', 'true');

  screen.addEventListener('close', () => {
    video.srcObject = null;
    if (document.fullscreenElement === screen) {
      void document.exitFullscreen();
    }
    app.dialogs.close('big-screen');
  });
  // Leaving full screen by the browser's own key leaves the big screen too: nobody wants half of it.
  screen.addEventListener('fullscreenchange', () => {
    if (document.fullscreenElement === null && screen.open) {
      screen.close();
    }
  });

  function answer() {
    const { live, classes } = state;
    const index = classes.findIndex(({ id }) => id !== null && id === live.winnerId);
    const card = classes[index];
    if (!card || live.ranked.length === 0) {
      const words = live.ranked.length === 0 ? 'live.waiting' : live.isUnknown ? 'live.noneOfThese' : 'live.notSure';
      return html`<p class="big-screen-answer is-none">${t(words)}</p>`;
    }
    const part = live.ranked.find(({ classId }) => classId === card.id)?.probability ?? 0;
    const { show: shown = '', picture = null } = card.actions ?? {};
    return html`${picture ? html`<img class="big-screen-picture" src=${addressOf(picture)} alt="" />` : nothing}
      <p class="big-screen-answer" data-slot=${card.slot}>
        ${shown && !picture ? html`<span class="big-screen-shown ${lengthOf(shown)}" dir="auto">${shown}</span>` : nothing}
        <span class="big-screen-name ${lengthOf(card.name)}" dir="auto">${token(card.slot, index + 1)} ${card.name}</span>
      </p>
      <p class="big-screen-part numbers" data-slot=${card.slot}>
        <span class="big-screen-track" aria-hidden="true"><span class="big-screen-fill" ${vars({ '--part': part.toFixed(3) })}></span></span>
        ${texts.percent(part)}
      </p>`;
  }

  function draw() {
    if (!screen.open) {
      return;
    }
    video.classList.toggle('is-mirrored', state.settings.mirror);
    if (video.srcObject !== state.camera.stream) {
      video.srcObject = state.camera.stream;
      void video.play().catch(() => {}); // a camera that stops in between is told on the page itself
    }
    render(
      html`<h2 id="big-screen-title" class="visually-hidden">${t('outputs.bigScreen')}</h2>
        ${state.camera.stream ? video : nothing}
        <div class="big-screen-words">${answer()}</div>
        <button type="button" class="button button-icon big-screen-close" @click=${() => screen.close()} aria-label=${t('close')} title=${t('close')}>${icon('close')}</button>`,
      screen,
    );
  }

  app.watch(['dialog-changed'], () => {
    if (state.dialog === 'big-screen' && !screen.open) {
      screen.showModal();
      // Where full screen is not to be had (an iPhone, a frame), the window is filled.
      void screen.requestFullscreen?.().catch(() => {});
    } else if (state.dialog !== 'big-screen' && screen.open) {
      screen.close();
    }
    draw();
  });
  app.watch(
    ['live-changed', 'winner-changed', 'camera-changed', 'mirror-chosen', 'actions-changed', 'classes-changed'],
    draw,
  );
}

/** @param {string} words */
function lengthOf(words) {
  const count = [...words].length;
  if (count <= 2) {
    return 'is-sign';
  }
  return count > 12 ? 'is-long' : '';
}
