// How pictures are taken: which camera, which side, mirrored or not, how many a second, how long a burst.

import { html, nothing, render } from 'lit/html.js';
import { createDialog } from '../kit/dialog.js';
import { icon } from '../kit/icons.js';

/** @typedef {import('../state/app.js').App} App */

const RATES = [1, 2, 4, 8, 12, 20];
const BURSTS = [10, 20, 50, 100];
const COUNTDOWNS = [0, 3, 5, 10];

/** @param {HTMLElement} host @param {App} app */
export function mountCameraDialog(host, app) {
  const { state, texts } = app;
  const { t } = texts;
  const dialog = createDialog(host, {
    className: 'dialog-small',
    labelledBy: 'camera-dialog-title',
    onClose: () => app.dialogs.close('camera'),
  });

  /**
   * @param {'picturesPerSecond' | 'burstCount' | 'countdownSeconds'} name
   * @param {number[]} choices
   * @param {(value: number) => string} label
   */
  function choice(name, choices, label) {
    const { settings } = state;
    const value = settings[name];
    return html`<label class="field">
      <span>${t(`settings.${name}`)}</span>
      <select
        class="select"
        @change=${(/** @type {any} */ event) => app.settings.set(name, Number(event.target.value))}
      >
        ${choices.map(
          (each) => html`<option value=${each} ?selected=${each === value}>
            ${label(each)}${each === app.settings.defaults[name] && settings.depth === 'engineer' ? ` (${t('settings.default')})` : ''}
          </option>`,
        )}
      </select>
    </label>`;
  }

  function deviceChoice() {
    const { devices, deviceId } = state.camera;
    if (devices.length === 0) {
      return nothing;
    }
    return html`<label class="field">
      <span>${t('camera.device')}</span>
      <select
        class="select"
        @change=${(/** @type {any} */ event) => app.camera.chooseDevice(event.target.value)}
      >
        ${devices.map(
          (device, index) => html`<option value=${device.deviceId} ?selected=${device.deviceId === deviceId}>
            ${device.label || t('camera.numbered', { number: index + 1 })}
          </option>`,
        )}
      </select>
    </label>`;
  }

  /** @param {Event & { currentTarget: HTMLInputElement }} event */
  async function tryPicture({ currentTarget }) {
    const files = [.../** @type {FileList} */ (currentTarget.files)];
    app.dialogs.close('camera');
    await app.intake.tryOut(files);
  }

  function draw() {
    const { settings, camera, dialog: open } = state;
    if (open === 'camera') {
      render(
        html`<header class="dialog-head">
            <h2 id="camera-dialog-title">${t('camera.settings')}</h2>
            <button type="button" class="button button-quiet button-icon" @click=${() => app.dialogs.close('camera')} aria-label=${t('close')}>
              ${icon('close')}
            </button>
          </header>
          <div class="dialog-body stack">
            ${deviceChoice()}
            <label class="check">
              <input type="checkbox" .checked=${settings.mirror} @change=${(/** @type {any} */ event) => app.settings.set('mirror', event.target.checked)} />
              <span>${t('camera.mirrorLong')}</span>
            </label>
            ${choice('picturesPerSecond', RATES, (count) => t('settings.perSecond', { count }))}
            ${choice('burstCount', BURSTS, (count) => t('pictures', { count }))}
            ${choice('countdownSeconds', COUNTDOWNS, (value) => texts.seconds(value))}
            <div class="button-row narrow-only">
              <button type="button" class="button" aria-pressed=${state.live.paused} @click=${() => app.live.togglePause()}>
                ${icon(state.live.paused ? 'play' : 'pause')} ${t(state.live.paused ? 'live.resume' : 'live.pause')}
              </button>
              <label class="button file-button">
                ${icon('eye')} ${t('live.tryPicture')}
                <input type="file" class="covering" multiple accept="image/*,video/*" @change=${tryPicture} />
              </label>
              <button type="button" class="button" @click=${() => app.dialogs.open('answer')}>
                ${icon('settings')} ${t('answer.settings')}
              </button>
            </div>
            <div class="button-row">
              <button type="button" class="button" @click=${() => app.camera.turnAround()} ?disabled=${camera.phase !== 'open'}>
                ${icon('turn')} ${t('camera.turn')}
              </button>
              ${
                camera.phase === 'open'
                  ? html`<button type="button" class="button" @click=${() => app.camera.close()}>
                    ${icon('cameraOff')} ${t('camera.off')}
                  </button>`
                  : html`<button type="button" class="button" @click=${() => app.camera.open()}>
                    ${icon('camera')} ${t('camera.on')}
                  </button>`
              }
            </div>
          </div>`,
        dialog.element,
      );
    }
    dialog.toggle(open === 'camera');
  }

  app.watch(['dialog-changed', 'camera-changed', 'settings-changed', 'live-changed'], draw);
}
