/**
 * Composes what stands beside the answer; loaded when the page has nothing to do, or when somebody is quicker.
 */

import './styles/seeing-room.css';
import { mountCorrection } from './ui/correction.js';
import { mountWhy } from './ui/why.js';
import { mountWhyOfSample } from './ui/why-of-sample.js';

/** @param {{ dialogs: HTMLElement, tools: HTMLElement, viewfinder: HTMLElement }} places @param {import('./state/app.js').App} app */
export async function mountSeeing({ dialogs, tools, viewfinder }, app) {
  const seeing = await app.loadSeeing();
  mountCorrection({ dialogs, tools }, app, seeing);
  mountWhy({ viewfinder, tools }, app, seeing);
  mountWhyOfSample(dialogs, app, seeing);
}
