// Rock, paper, scissors: three classes that show these signs are a game.

/** Each is beaten by the one behind it, and the last one by the first. */
export const SIGNS = /** @type {const} */ (['✊', '✋', '✌️']);

/** @typedef {typeof SIGNS[number]} Sign */
/** @typedef {import('./types.js').ClassCard} ClassCard */

/** The classes of the game in the order of its signs; null where one of them is not there. @param {readonly ClassCard[]} cards */
export function gameCards(cards) {
  const found = SIGNS.flatMap((sign) => cards.find(({ enabled, actions }) => enabled && actions?.show === sign) ?? []);
  return found.length === SIGNS.length ? found : null;
}

/** @param {Sign} yours @param {Sign} other @returns {'won' | 'lost' | 'draw'} */
export function outcomeOf(yours, other) {
  const ahead = (SIGNS.indexOf(yours) - SIGNS.indexOf(other) + SIGNS.length) % SIGNS.length;
  return ahead === 0 ? 'draw' : ahead === 1 ? 'won' : 'lost';
}
