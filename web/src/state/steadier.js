// Keeps an answer from flickering: a newcomer must lead for a while before it becomes the answer.

export function createSteadier() {
  /** @type {number | null} */
  let answer = null;
  /** @type {number | null} */
  let challenger = null;
  let since = 0;

  return {
    /**
     * @param {number | null} leader Who leads now; null: nobody clearly.
     * @param {number} leadMs How long somebody must lead.
     * @param {number} now
     * @returns {number | null} The steady answer.
     */
    update(leader, leadMs, now) {
      if (leader === answer) {
        challenger = answer;
      } else if (leader !== challenger || leadMs <= 0) {
        challenger = leader;
        since = now;
      }
      if (challenger !== answer && now - since >= leadMs) {
        answer = challenger;
      }
      return answer;
    },
    reset() {
      answer = null;
      challenger = null;
    },
  };
}
