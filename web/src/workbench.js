/**
 * Composes what lies behind "Look inside the network"; loaded when somebody looks, or when the page has nothing to do.
 */

import './styles/workbench.css';
import './styles/network.css';
import './styles/advice.css';
import { mountAdvicePanel } from './ui/advice-panel.js';
import { mountCasesPanel } from './ui/cases-panel.js';
import { mountDataPanel } from './ui/data-panel.js';
import { mountNetworkDialog } from './ui/network-dialog.js';
import { mountNetworkPanel } from './ui/network-panel.js';
import { mountTuningPanel } from './ui/tuning-panel.js';

/**
 * @param {{ dialogs: HTMLElement, tuning: HTMLElement }} hosts
 * @param {import('./state/app.js').App} app
 */
export async function mountWorkbench({ dialogs, tuning }, app) {
  const { network, advice } = await app.loadInside();
  const parts = mountNetworkDialog(dialogs, app);
  mountNetworkPanel(parts.network, app, network);
  mountTuningPanel(parts.tuning, app, { titleId: 'tuning-in-dialog' });
  mountCasesPanel(parts.cases, app, { network, advice });
  mountAdvicePanel(parts.advice, app, { network, advice });
  mountDataPanel(parts.data, app, advice);
  mountTuningPanel(tuning, app, { titleId: 'tuning-title' });
}
