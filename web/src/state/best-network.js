// The page's own choice of what looks: the best tier that is at hand and that this device can look with live. Nothing is
// lost by it: without pictures there is nothing to lose, with pictures it is offered and left to the person.

import { NETWORKS_TEXTS } from '../texts/networks/index.js';
import { tierName } from './tier-name.js';

/** 15 pictures a second. */
export const LIVE_MS = 1000 / 15;
/** So far above it, a network is not worth bringing in order to time it: what it costs tells enough. */
const HOPELESS = 2;
/** So many pictures in a row that took longer are no hiccup. */
const SLOW_COUNT = 45;

/** @typedef {import('./backbones.js').Entry} Entry */
/** @typedef {ReturnType<typeof createBestNetwork>} BestNetwork */

/**
 * @param {import('./types.js').Context} context
 * @param {{ backbones: import('./backbones.js').Backbones, settings: import('./settings.js').SettingsState }} parts
 */
export function createBestNetwork({ state, engine, notices, texts, watch }, { backbones, settings }) {
  /** @param {string} name */
  async function use(name) {
    const choose = () => backbones.choose(name, (chosen) => settings.set('backbone', chosen));
    if (engine.trainer?.headInfo || state.classes.some(({ sampleIds }) => sampleIds.length > 0)) {
      notices.tell(texts.t('networks.better', { name: tierName(name, texts) }), {
        actionText: texts.t('networks.use'),
        action: () => void choose(),
      });
    } else if (await choose()) {
      notices.tell(texts.t('networks.inUse', { name: tierName(name, texts) }));
    }
  }

  const tiers = () => state.backbones.entries.filter(({ networks, available }) => networks && available);

  /** Of tiers from the quickest to the best, the last that this device can look with live. */
  async function bestTier() {
    /** @type {Entry | null} */
    let best = null;
    for (const tier of tiers()) {
      const before = /** @type {Entry | null} */ (best);
      const expected = before?.measuredMs ? (before.measuredMs * tier.mmac) / before.mmac : 0;
      if (tier.measuredMs === null && expected < HOPELESS * LIVE_MS) {
        await backbones.measure((entry) => entry === tier);
      }
      if (tier.measuredMs === null || tier.measuredMs > LIVE_MS) {
        break;
      }
      best = tier;
    }
    return best;
  }

  let slow = 0;
  /** A tier that turns out to be slow in use gives way to the next lower one. */
  function watchSpeed() {
    watch(['live-changed'], () => {
      slow = state.live.embedMs > LIVE_MS ? slow + 1 : 0;
      const all = tiers();
      const at = all.findIndex(({ name }) => name === state.settings.backbone);
      if (slow < SLOW_COUNT || at < 1 || !state.settings.picksNetwork) {
        return;
      }
      slow = 0;
      notices.tell(texts.t('networks.slow'), {
        actionText: texts.t('networks.quicker'),
        action: () => void backbones.choose(all[at - 1].name, (chosen) => settings.set('backbone', chosen)),
      });
    });
  }

  return {
    /** Once a visit, when the page has nothing else to do. */
    async pick() {
      if (!state.settings.picksNetwork || !engine.trainer || !(await backbones.hasTier())) {
        return;
      }
      await texts.bring(NETWORKS_TEXTS);
      await backbones.list();
      watchSpeed();
      const best = await bestTier();
      if (best && best.name !== state.settings.backbone) {
        await use(best.name);
      }
    },
  };
}
