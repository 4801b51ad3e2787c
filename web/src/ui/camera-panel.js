// The camera square: exactly what the engine sees, mirrored as set; and what to do when there is no camera.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { token } from '../kit/token.js';

/** @typedef {import('../state/app.js').App} App */

const ADVICE = ['denied', 'framed', 'missing', 'busy', 'unplugged', 'insecure', 'unsupported', 'unknown'];

/** @param {HTMLElement} host @param {App} app */
export function mountCameraPanel(host, app) {
  const { state } = app;
  const { t } = app.texts;
  const stage = /** @type {HTMLElement} */ (host.closest('.stage'));
  const video = document.createElement('video');
  video.className = 'viewfinder-video';
  video.setAttribute('aria-hidden', 'true');
  app.camera.attach(video);

  function tone() {
    const { recording, live, classes } = state;
    if (recording) {
      return classes.find(({ key }) => key === recording.classKey);
    }
    return classes.find(({ id }) => id !== null && id === live.winnerId);
  }

  function message() {
    const { phase, reason } = state.camera;
    if (phase === 'open' || state.live.source === 'picture') {
      return nothing;
    }
    if (phase === 'opening') {
      return html`<div class="viewfinder-message">
        ${icon('camera', 'icon-large')}
        <p class="viewfinder-title">${t('camera.opening')}</p>
        <p class="viewfinder-text">${t('camera.openingHint')}</p>
      </div>`;
    }
    if (phase === 'closed') {
      return html`<div class="viewfinder-message">
        ${icon('camera', 'icon-large')}
        <button type="button" class="button button-strong" @click=${() => app.camera.open()}>
          ${t('camera.allow')}
        </button>
        <p class="viewfinder-text">${icon('shield')} ${t('camera.privacy')}</p>
      </div>`;
    }
    const why = ADVICE.includes(reason) ? reason : 'unknown';
    return html`<div class="viewfinder-message viewfinder-failure">
      ${icon('cameraOff', 'icon-large')}
      <p class="viewfinder-title">${t(/** @type {any} */ (`camera.${why}`))}</p>
      <p class="viewfinder-text">${t(/** @type {any} */ (`camera.${why}.advice`))}</p>
      <p class="viewfinder-actions">
        ${
          why === 'insecure' || why === 'unsupported' || why === 'framed'
            ? nothing
            : html`<button type="button" class="button button-strong" @click=${() => app.camera.open()}>
              ${t('camera.again')}
            </button>`
        }
        <label class="button file-button">
          ${icon('files')} ${t('camera.uploadInstead')}
          <input
            type="file"
            class="covering"
            multiple
            accept="image/*,video/*"
            @change=${takeFiles}
          />
        </label>
      </p>
    </div>`;
  }

  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  async function takeFiles({ currentTarget }) {
    await app.intake.take(/** @type {FileList} */ (currentTarget.files), null);
    currentTarget.value = '';
  }

  function badge() {
    const { recording, live } = state;
    const card = tone();
    if (recording && card) {
      const number = state.classes.indexOf(card) + 1;
      return html`<div class="viewfinder-badge" data-slot=${card.slot} aria-hidden="true">
          ${token(card.slot, number)}
          <span class="numbers">
            ${recording.wanted > 1 ? `${recording.taken} / ${recording.wanted}` : recording.taken}
          </span>
        </div>
        ${
          recording.countdown > 0
            ? html`<div class="viewfinder-countdown numbers" aria-hidden="true">${recording.countdown}</div>`
            : nothing
        }`;
    }
    return live.paused && live.source === 'camera'
      ? html`<div class="viewfinder-badge">${icon('pause')} ${t('live.pausedBadge')}</div>`
      : nothing;
  }

  /** From one to the next of several pictures that were dropped together. */
  function others() {
    const { pictureIndex: index, pictureCount: count } = state.live;
    return html`<div class="viewfinder-others">
      <button type="button" class="tool is-worded" ?disabled=${index === 0} @click=${() => app.intake.tryAnother(-1)} aria-label=${t('viewer.previous')} title=${t('viewer.previous')}>
        ${icon('previous', 'icon-mirrored')} <span class="button-word">${t('word.previous')}</span>
      </button>
      <span class="numbers">${t('viewer.position', { number: index + 1, count })}</span>
      <button type="button" class="tool is-worded" ?disabled=${index === count - 1} @click=${() => app.intake.tryAnother(1)} aria-label=${t('viewer.next')} title=${t('viewer.next')}>
        ${icon('next', 'icon-mirrored')} <span class="button-word">${t('word.next')}</span>
      </button>
    </div>`;
  }

  function tools() {
    const { camera, settings, live } = state;
    if (live.source === 'picture') {
      return html`${live.pictureCount > 1 ? others() : nothing}<div class="viewfinder-tools">
        <button type="button" class="tool is-worded" @click=${() => app.live.backToCamera()} aria-label=${t('live.backToCamera')} title=${t('live.backToCamera')}>
          ${icon('close')} <span class="button-word">${t('word.back')}</span>
        </button>
      </div>`;
    }
    const isOpen = camera.phase === 'open';
    const facings = new Set(camera.devices.map(({ facing }) => facing).filter(Boolean));
    return html`<div class="viewfinder-tools">
      ${
        isOpen && facings.size > 1
          ? html`<button type="button" class="tool is-worded" @click=${() => app.camera.turnAround()} aria-label=${t('camera.turn')} title=${t('camera.turn')}>
            ${icon('turn')} <span class="button-word">${t('word.turn')}</span>
          </button>`
          : nothing
      }
      <button
        type="button"
        class="tool is-worded wide-only"
        aria-pressed=${settings.mirror}
        @click=${() => app.settings.set('mirror', !settings.mirror)}
        aria-label=${t('camera.mirror')}
        title=${t('camera.mirror')}
      >
        ${icon('mirror')} <span class="button-word">${t('word.mirror')}</span>
      </button>
      <button type="button" class="tool is-worded" @click=${() => app.dialogs.open('camera')} aria-label=${t('camera.settings')} title=${t('camera.settings')}>
        ${icon('settings')} <span class="button-word">${t('word.settings')}</span>
      </button>
    </div>`;
  }

  function draw() {
    const { camera, live, recording, settings } = state;
    const card = tone();
    stage.dataset.camera = live.source === 'picture' ? 'open' : camera.phase;
    video.classList.toggle('is-mirrored', settings.mirror);
    video.hidden = camera.phase !== 'open' || live.source === 'picture';
    render(
      html`<h2 id="stage-title" class="visually-hidden">${t('stage.title')}</h2>
        <div
          class="viewfinder ${recording && recording.countdown === 0 ? 'is-recording' : ''} ${card ? 'has-tone' : ''}"
          data-slot=${card?.slot ?? 0}
        >
          ${video}
          ${
            live.source === 'picture'
              ? html`<img class="viewfinder-video" src=${live.pictureUrl} alt=${t('live.triedPicture')} />`
              : nothing
          }
          ${message()} ${badge()} ${tools()}
        </div>`,
      host,
    );
  }

  host.replaceChildren();
  app.watch(
    [
      'camera-changed',
      'recording-changed',
      'winner-changed',
      'source-changed',
      'mirror-chosen',
      'classes-changed',
      'live-changed',
    ],
    draw,
  );
}
