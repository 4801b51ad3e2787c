// What lies behind "Look inside": the network and the advice, loaded when somebody looks.

import { NETWORK_TEXTS } from '../texts/network/index.js';
import { createAdvice } from './advice.js';
import { createLayers } from './layers.js';
import { createNetwork } from './network.js';

/** @typedef {Awaited<ReturnType<typeof createInside>>} Inside */

/**
 * @param {import('./types.js').Context} context
 * @param {{
 *   training: import('./training.js').Training, classes: import('./classes.js').Classes,
 *   live: import('./live.js').Live, samples: import('./samples.js').Samples
 * }} parts
 */
export async function createInside(context, { training, classes, live, samples }) {
  await context.texts.bring(NETWORK_TEXTS);
  const advice = createAdvice(context, { training });
  const network = createNetwork(context, { training, classes });
  const layers = await createLayers(context, { live, samples });
  return { advice, network, layers };
}
