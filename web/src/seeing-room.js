// Composes what lies over the picture that is answered; loaded when the page has nothing to do, or when somebody is quicker.

import './styles/seeing-room.css';
import { mountCorrection } from './ui/correction.js';
import { mountWhy } from './ui/why.js';
import { mountWhyOfSample } from './ui/why-of-sample.js';

/** @param {{ dialogs: HTMLElement, viewfinder: HTMLElement }} places @param {import('./state/app.js').App} app */
export async function mountSeeing({ dialogs, viewfinder }, app) {
  const seeing = await app.loadSeeing();
  const tools = document.createElement('div');
  tools.className = 'seeing-tools';
  viewfinder.append(tools);
  mountCorrection({ dialogs, tools }, app, seeing);
  mountWhy({ viewfinder, tools }, app, seeing);
  mountWhyOfSample(dialogs, app, seeing);
}
