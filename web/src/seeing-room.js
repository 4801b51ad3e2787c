/**
 * Composes what stands beside the answer; loaded when the page has nothing to do, or when somebody is quicker.
 */

import './styles/seeing-room.css';
import { mountCorrection } from './ui/correction.js';

/** @param {{ dialogs: HTMLElement, tools: HTMLElement }} places @param {import('./state/app.js').App} app */
export async function mountSeeing({ dialogs, tools }, app) {
  const seeing = await app.loadSeeing();
  mountCorrection({ dialogs, tools }, app, seeing);
}
