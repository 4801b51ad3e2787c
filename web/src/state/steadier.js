// Keeps an answer from flickering: a newcomer must lead for a while before it becomes the answer, or, where the frames
// disagree, most of the time.

/** The part of the time, the recent more than the past, that makes a leader the answer. */
const MAJORITY = 0.6;
/** Sums of decimals are not exact. */
const ROUNDING = 1e-9;

export function createSteadier() {
  /** @type {number | null} */
  let answer = null;
  /** @type {number | null} */
  let leading = null;
  let since = Number.NaN;
  /** The part of the time in which each led; what is past fades exponentially. @type {Map<number | null, number>} */
  let shares = new Map([[null, 1]]);

  /** @param {number} part Of what is remembered, that is of now. */
  function remember(part) {
    for (const [key, share] of shares) {
      shares.set(key, share * (1 - part));
    }
    shares.set(leading, (shares.get(leading) ?? 0) + part);
  }

  return {
    /**
     * @param {number | null} leader Who leads now; null: nobody clearly.
     * @param {number} leadMs How long somebody must lead without a break.
     * @param {number} now
     * @returns {number | null} The steady answer.
     */
    update(leader, leadMs, now) {
      if (leadMs <= 0) {
        shares = new Map([[leader, 1]]);
      } else if (now > since) {
        // The last leader led until now. So fast does the past fade that a lead of `leadMs` is just the majority.
        remember(1 - (1 - MAJORITY) ** ((now - since) / leadMs));
      }
      [leading, since] = [leader, now];
      for (const [key, share] of shares) {
        if (share >= MAJORITY - ROUNDING) {
          answer = key;
        }
      }
      return answer;
    },
    reset() {
      [answer, leading, since] = [null, null, Number.NaN];
      shares = new Map([[null, 1]]);
    },
  };
}
