// Beside the report: the way to the map of all pictures, once there are some.

import { html, render } from 'lit/html.js';
import { roomIcon } from '../kit/room-icons.js';

/** @param {HTMLElement} host @param {import('../state/app.js').App} app @param {import('../state/picture-map.js').PictureMapState} map */
export function mountMapPanel(host, app, map) {
  const { t } = app.texts;

  function draw() {
    host.hidden = !map.hasEnough;
    if (!host.hidden) {
      render(
        html`<h2 id="map-panel-title">${t('map.title')}</h2>
          <p class="small soft">${t('map.teaser')}</p>
          <button type="button" class="button button-wide" @click=${() => app.dialogs.open('map')}>${roomIcon('map')} ${t('map.open')}</button>`,
        host,
      );
    }
  }

  app.watch(['samples-changed', 'classes-changed', 'samples-removed', 'engine-ready'], draw);
}
