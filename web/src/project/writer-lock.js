// One writer for each project, also among tabs: a lock tells who is there, a token in the record keeps everybody else out.
//
// The lock alone would not do: a tab that was put to sleep may wake after another one took over, and write once more.

const LOCK = (/** @type {string} */ id) => `headstart-project-${id}`;
/** So long the other tab may take to finish what it is writing. */
const PATIENCE_MS = 4000;

/** @param {() => void} onTaken Another tab wants the project, and gets it. */
export function createWriterLock(onTaken) {
  const channel = new BroadcastChannel('headstart-projects');
  /** @type {{ id: string, release: () => void } | null} */
  let held = null;

  channel.addEventListener('message', ({ data }) => {
    if (held && data?.take === held.id) {
      onTaken();
    }
  });

  /** @param {string} id @param {LockOptions} options */
  function request(id, options) {
    return new Promise((resolve) => {
      navigator.locks
        .request(LOCK(id), options, (lock) => {
          if (!lock) {
            resolve(false);
            return undefined;
          }
          return new Promise((release) => {
            held = { id, release: () => release(undefined) };
            resolve(true);
          });
        })
        .catch(() => {
          // Either the wait was given up, or the lock was stolen from us: the token in the record then refuses our writes.
          if (held?.id === id) {
            held = null;
          }
          resolve(false);
        });
    });
  }

  return {
    /** @param {string} id @returns {Promise<boolean>} Whether it is ours now. */
    async acquire(id) {
      // Without locks (a page that is not https) the token alone decides: who opens last, writes.
      return !navigator.locks || held?.id === id || request(id, { ifAvailable: true });
    },

    /** Asks the tab that has it to give it up, and does not take no for an answer. @param {string} id */
    async takeOver(id) {
      if (!navigator.locks || held?.id === id) {
        return;
      }
      channel.postMessage({ take: id });
      if (!(await request(id, { signal: AbortSignal.timeout(PATIENCE_MS) }))) {
        await request(id, { steal: true });
      }
    },

    /** Whether any tab has it. @param {string} id */
    async isHeld(id) {
      const locks = await navigator.locks?.query();
      return locks?.held?.some(({ name }) => name === LOCK(id)) ?? false;
    },

    release() {
      held?.release();
      held = null;
    },
  };
}
