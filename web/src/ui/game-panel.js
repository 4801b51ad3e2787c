// Rock, paper, scissors: first the three signs are taught, one after the other, then it is played.

import { html, nothing, render } from 'lit/html.js';
import { icon } from '../kit/icons.js';
import { token } from '../kit/token.js';
import { gameCards, SIGNS } from '../state/game-signs.js';

/** @typedef {import('../state/app.js').App} App */
/** @typedef {import('../state/game.js').Game} Game */
/** @typedef {import('../state/types.js').ClassCard} ClassCard */

/** @param {HTMLElement} host @param {App} app @param {Game} game */
export function mountGamePanel(host, app, game) {
  const { state, texts } = app;
  const { t } = texts;

  /** @param {ClassCard} card */
  const isTaught = (card) => card.sampleIds.length + card.waitingCount + card.savedCount > 0;

  /** The three signs, the next one lit up. @param {ClassCard[]} cards */
  function steps(cards) {
    const next = cards.findIndex((card) => !isTaught(card));
    return html`<p>${t('game.teach')}</p>
      <ol class="steps game-steps">
        ${cards.map(
          (
            card,
            index,
          ) => html`<li class=${isTaught(card) ? 'is-done' : index === next ? 'is-now' : ''} aria-current=${index === next ? 'step' : nothing}>
            <span class="game-sign" aria-hidden="true">${SIGNS[index]}</span>
            <span>
              <span class="with-token">${token(card.slot, state.classes.indexOf(card) + 1)} <strong dir="auto">${card.name}</strong>
                ${isTaught(card) ? html`${icon('check')}<span class="visually-hidden">${t('welcome.done')}</span>` : nothing}</span>
              ${index === next ? html`<span class="game-hint">${t('game.showIt', { name: card.name })}</span>` : nothing}
            </span>
          </li>`,
        )}
      </ol>`;
  }

  function table() {
    const { round } = game;
    if (round.phase === 'counting' || round.phase === 'looking') {
      return html`<p class="game-count numbers">${round.phase === 'counting' ? texts.number(round.left) : t('game.now')}</p>`;
    }
    if (round.phase === 'over' && round.outcome !== 'unseen') {
      return html`<div class="game-hands">
          <p><span class="game-hand" role="img" aria-label=${nameOf(round.yours)}>${round.yours}</span> <span class="small">${t('game.you')}</span></p>
          <p><span class="game-hand" role="img" aria-label=${nameOf(round.its)}>${round.its}</span> <span class="small">${t('game.page')}</span></p>
        </div>
        <p class="game-outcome">${t(`game.${round.outcome}`)}</p>
        <p class="game-score small soft numbers">${t('game.score', game.score)}</p>`;
    }
    return html`<p>${t(round.phase === 'over' ? 'game.unseen' : 'game.ready')}</p>`;
  }

  /** @param {import('../state/game-signs.js').Sign | null} sign */
  const nameOf = (sign) => state.classes.find(({ actions }) => actions?.show === sign)?.name ?? '';

  function draw() {
    const cards = gameCards(state.classes);
    host.hidden = cards === null;
    if (!cards) {
      render(nothing, host);
      return;
    }
    const isPlayed = game.round.phase === 'over';
    render(
      html`<h2 id="game-title">${t('welcome.game')}</h2>
        ${
          cards.every(isTaught)
            ? html`${table()}
              <button type="button" class="button button-wide" ?disabled=${!game.canPlay} @click=${() => game.play()}>${icon('play')} ${t(isPlayed ? 'game.again' : 'game.play')}</button>`
            : steps(cards)
        }`,
      host,
    );
  }

  /** Of sixty answers a second the panel needs to know only whether there is one. */
  let couldPlay = false;
  app.watch(['live-changed'], () => {
    if (couldPlay !== game.canPlay) {
      couldPlay = game.canPlay;
      draw();
    }
  });
  app.watch(['classes-changed', 'samples-changed', 'actions-changed'], draw);
  app.watch(['game-changed'], () => {
    draw();
    if (game.round.phase !== 'ready') {
      host.scrollIntoView({ block: 'nearest' }); // what is counted and who won is seen, on a phone too
    }
  });
}
