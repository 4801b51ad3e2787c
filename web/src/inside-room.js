// Composes what lies behind "Look inside the network"; loaded when somebody looks, or when the page has nothing to do.

import './styles/inside-room.css';
import { mountAdvicePanel } from './ui/advice-panel.js';
import { mountCasesPanel } from './ui/cases-panel.js';
import { mountDataPanel } from './ui/data-panel.js';
import { mountInsideDialog } from './ui/inside-dialog.js';
import { mountLayersPanel } from './ui/layers-panel.js';
import { mountNetworkPanel } from './ui/network-panel.js';
import { mountTuningPanel } from './ui/tuning-panel.js';

/**
 * @param {{ dialogs: HTMLElement, tuning: HTMLElement }} hosts
 * @param {import('./state/app.js').App} app
 */
export async function mountInside({ dialogs, tuning }, app) {
  const inside = await app.loadInside();
  const { network, advice, layers } = inside;
  const parts = mountInsideDialog(dialogs, app);
  mountLayersPanel(parts.layers, app, layers);
  mountNetworkPanel(parts.network, app, network);
  mountTuningPanel(parts.tuning, app, { titleId: 'tuning-in-dialog' });
  mountCasesPanel(parts.cases, app, inside);
  mountAdvicePanel(parts.advice, app, inside);
  mountDataPanel(parts.data, app, advice);
  mountTuningPanel(tuning, app, { titleId: 'tuning-title' });
}
