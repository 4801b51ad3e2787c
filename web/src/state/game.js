// A round of rock, paper, scissors against the page: it counts, chooses its own sign before it looks, and looks.

import { GAME_TEXTS } from '../texts/game/index.js';
import { gameCards, outcomeOf, SIGNS } from './game-signs.js';

/** @typedef {Awaited<ReturnType<typeof createGame>>} Game */
/** @typedef {import('./game-signs.js').Sign} Sign */
/**
 * @typedef {{ phase: 'ready' } | { phase: 'counting', left: number } | { phase: 'looking' }
 *   | { phase: 'over', yours: Sign | null, its: Sign, outcome: 'won' | 'lost' | 'draw' | 'unseen' }} Round
 */

const COUNT_FROM = 3;
const BEAT_MS = 800;
/** A hand that opens takes so long, and the answer a little more. */
const SETTLES_MS = 900;
/** What cannot be made out by then is not. */
const LOOKS_MS = 4000;
const LOOKS_EVERY_MS = 50;

/** @param {import('./types.js').Context} context */
export async function createGame({ state, changed, watch, notices, texts }) {
  await texts.bring(GAME_TEXTS);
  /** @type {Round} */
  let round = { phase: 'ready' };
  const score = { you: 0, page: 0 };

  /** @param {Round} to */
  function put(to) {
    round = to;
    changed('game-changed');
  }

  const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const cards = () => gameCards(state.classes);
  const canPlay = () =>
    cards()?.every(({ sampleIds }) => sampleIds.length > 0) === true && state.live.ranked.length > 0;

  /** The sign that is the answer; null while it is none of them. @returns {Sign | null} */
  function signNow() {
    const { winnerId } = state.live;
    const index = winnerId === null ? -1 : (cards() ?? []).findIndex(({ id }) => id === winnerId);
    return SIGNS[index] ?? null;
  }

  /** What the hand shows once it has settled. @returns {Promise<Sign | null>} */
  async function look() {
    await wait(SETTLES_MS);
    const end = performance.now() + LOOKS_MS;
    while (signNow() === null && performance.now() < end && canPlay()) {
      await wait(LOOKS_EVERY_MS);
    }
    return signNow();
  }

  // Who teaches it more, or takes a class away, plays another game.
  watch(['classes-changed', 'recording-changed'], () => {
    if (round.phase === 'over' && (state.recording !== null || !cards())) {
      put({ phase: 'ready' });
    }
  });

  return {
    get round() {
      return round;
    },
    score,
    get canPlay() {
      return canPlay() && round.phase !== 'counting' && round.phase !== 'looking';
    },

    async play() {
      if (!this.canPlay) {
        return;
      }
      const its = SIGNS[Math.floor(SIGNS.length * Math.random())];
      for (let left = COUNT_FROM; left > 0; left -= 1) {
        put({ phase: 'counting', left });
        notices.announce(String(left));
        await wait(BEAT_MS);
      }
      put({ phase: 'looking' });
      notices.announce(texts.t('game.now'));
      const yours = await look();
      const outcome = yours === null ? 'unseen' : outcomeOf(yours, its);
      score.you += Number(outcome === 'won');
      score.page += Number(outcome === 'lost');
      put({ phase: 'over', yours, its, outcome });
      notices.announce(texts.t(`game.${outcome}`));
    },
  };
}
