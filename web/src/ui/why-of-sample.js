// "Why?" in the viewer: where the picture that is looked at speaks for its class.

import { html, render } from 'lit/html.js';
import { paintHeat } from '../kit/heat.js';
import { roomIcon } from '../kit/room-icons.js';

/** @typedef {import('../state/app.js').App} App */

/** @param {HTMLElement} dialogs @param {App} app @param {import('../state/seeing.js').Seeing} seeing */
export function mountWhyOfSample(dialogs, app, seeing) {
  const { state, texts } = app;
  const { t } = texts;
  let isOn = false;
  const heat = document.createElement('canvas');
  heat.className = 'why-heat-large';
  heat.hidden = true;
  heat.setAttribute('role', 'img');
  const place = document.createElement('span');
  place.className = 'live-seeing';
  /** What is painted, or being found out. @type {number | null} */
  let sampleId = null;

  async function show() {
    const { viewer } = state;
    const wanted = viewer && isOn ? viewer.sampleIds[viewer.index] : null;
    if (wanted === sampleId) {
      return;
    }
    sampleId = wanted;
    heat.hidden = true;
    const attention = wanted === null ? null : await seeing.ofSample(wanted);
    if (attention && sampleId === wanted) {
      paintHeat(heat, attention);
      heat.hidden = false;
    }
  }

  function toggle() {
    isOn = !isOn;
    draw();
  }

  function draw() {
    if (!state.viewer) {
      isOn = false;
    } else {
      heat.setAttribute('aria-label', t('seeing.heat'));
      for (const [where, part] of /** @type {const} */ ([
        ['.viewer-large', heat],
        ['.viewer-actions .button-row', place],
      ])) {
        const found = dialogs.querySelector(`.viewer ${where}`);
        if (found && part.parentElement !== found) {
          found.append(part);
        }
      }
      render(
        html`<button type="button" class="button" aria-pressed=${isOn} @click=${toggle}>${roomIcon('why')} ${t('seeing.why')}</button>`,
        place,
      );
    }
    void show();
  }

  app.watch(['viewer-changed'], draw);
}
