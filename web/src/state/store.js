// One observable state. Actions change it and say what happened; whoever watches is called once per frame at the most,
// however often it happened.

/**
 * @template S
 * @param {S} state
 */
export function createStore(state) {
  /** @typedef {import('./types.js').StoreEvent} StoreEvent */
  /** @type {Map<StoreEvent, Set<() => void>>} */
  const watchers = new Map();
  /** @type {Set<() => void>} */
  const due = new Set();
  let scheduled = false;

  function flush() {
    scheduled = false;
    const reactions = [...due];
    due.clear();
    for (const react of reactions) {
      try {
        react();
      } catch (error) {
        // One part that cannot draw itself must not keep the others from it.
        reportError(error);
      }
    }
  }

  function schedule() {
    if (scheduled || due.size === 0) {
      return;
    }
    scheduled = true;
    if (document.hidden) {
      setTimeout(flush, 50); // no frames in a hidden tab, but training goes on there
    } else {
      requestAnimationFrame(flush);
    }
  }

  // A frame that was asked for before the tab was hidden never comes while it is.
  document.addEventListener('visibilitychange', () => {
    scheduled = false;
    schedule();
  });

  return {
    state,

    /** @param {...StoreEvent} events What happened, in the past tense. */
    changed(...events) {
      for (const event of events) {
        for (const react of watchers.get(event) ?? []) {
          due.add(react);
        }
      }
      schedule();
    },

    /**
     * @param {StoreEvent[]} events
     * @param {() => void} react
     */
    watch(events, react) {
      for (const event of events) {
        const set = watchers.get(event) ?? new Set();
        watchers.set(event, set.add(react));
      }
      return () => {
        for (const event of events) {
          watchers.get(event)?.delete(react);
        }
        due.delete(react);
      };
    },
  };
}
