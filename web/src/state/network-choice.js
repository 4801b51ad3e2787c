// Who decides which network looks: the person, by name or with a file of their own, or the page.

import { createBackbones } from './backbones.js';

/** @typedef {ReturnType<typeof createNetworkChoice>} NetworkChoice */

/** What a person answers when a file does not say what black and white are: none is what it was taken for. */
const PIXEL_RANGES = /** @type {const} */ ([undefined, [0, 1], [0, 255]]);
const MOST_AT_ONCE = 4;

/** @param {import('./types.js').Context} context @param {{ settings: import('./settings.js').SettingsState }} parts */
export function createNetworkChoice(context, { settings }) {
  const { engine, notices, texts } = context;
  const backbones = createBackbones(context);
  /** @type {import('./best-network.js').BestNetwork | null} */
  let best = null;

  /** @param {string} name */
  const choose = (name) => backbones.choose(name, (chosen) => settings.set('backbone', chosen));

  /** @param {File[]} files @param {readonly [number, number]} [pixelRange] */
  async function useFiles(files, pixelRange) {
    const { holdOwn } = await import('./own-networks.js');
    const own = await holdOwn(files, pixelRange);
    const { inBytes } = context.state.settings;
    settings.set('inBytes', ''); // what was said of another file of that name
    await backbones.listAnew();
    if (await choose(own.name)) {
      await own.keep();
      settings.set('picksNetwork', false);
      return true;
    }
    settings.set('inBytes', inBytes); // the one in use stays, and what it is computed in
    own.drop();
    await backbones.listAnew();
    return false;
  }

  /** The best tier that is at hand and quick enough here. */
  async function pickBest() {
    await context.untilLoaded();
    const { createBestNetwork } = await import('./best-network.js');
    best ??= createBestNetwork(context, { backbones, settings });
    await best.pick();
  }

  return {
    chosen: backbones.chosen,
    list: backbones.list,

    /** The same, but only where networks came with the page: it asks for nothing that is not there. */
    async listTiers() {
      if (await backbones.hasTier()) {
        await backbones.list();
      }
    },

    measure: () => backbones.measure(),
    stop: backbones.stop,

    /** @param {string} name @returns {Promise<boolean>} whether it is in use now */
    async choose(name) {
      await context.untilLoaded();
      const isInUse = await choose(name);
      if (isInUse) {
        settings.set('picksNetwork', false); // a person has said what they want
      }
      return isInUse;
    },

    /** A person's own network that runs, in bytes or in float32. @param {boolean} isWanted */
    async computeInBytes(isWanted) {
      const { backbone, inBytes } = context.state.settings;
      settings.set('inBytes', isWanted ? backbone : '');
      if (!(await choose(backbone))) {
        settings.set('inBytes', inBytes);
      }
    },

    pickBest,

    /** @param {boolean} isWanted */
    async letPagePick(isWanted) {
      settings.set('picksNetwork', isWanted);
      if (isWanted) {
        await pickBest();
      }
    },

    /** A person's own network; several look at once. @param {File[]} files @returns {Promise<boolean>} whether it is in use now */
    async useOwn(files) {
      await context.untilLoaded();
      const { NETWORKS_TEXTS } = await import('../texts/networks/index.js');
      await texts.bring(NETWORKS_TEXTS);
      if (!(await useFiles(files.slice(0, MOST_AT_ONCE)))) {
        return false;
      }
      if (files.length > 1 || !engine.trainer?.backbone.pixelsAreGuessed) {
        return true;
      }
      const answer = await notices.ask(texts.t('networks.pixels'), [
        texts.t('networks.pixels.usual'),
        texts.t('networks.pixels.unit'),
        texts.t('networks.pixels.byte'),
      ]);
      const pixelRange = answer === null ? undefined : PIXEL_RANGES[answer];
      if (pixelRange) {
        await useFiles(files, pixelRange);
      }
      return true;
    },
  };
}
