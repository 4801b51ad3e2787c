// Which backbone looks at the pictures: what there is, what it costs, how fast it is here, and the change to another.

/** @typedef {import('./types.js').CatalogueEntry} CatalogueEntry */
/** @typedef {ReturnType<typeof createBackbones>} Backbones */

const FOLDER = new URL('backbones/', document.baseURI);
const SPEEDS_KEY = 'headstart.speeds';

/** @type {CatalogueEntry} The engine brings it along, so it is there even if the catalogue is not. */
const BUILT_IN = {
  name: 'built-in',
  file: null,
  bytes: 0,
  inputSize: 0,
  mmac: 0,
  license: 'Apache-2.0',
  source: 'Headstart',
};

/** @param {import('./types.js').Context} context */
export function createBackbones({ state, changed, engine, notices, texts }) {
  /** @type {AbortController | null} */
  let running = null;
  /** @type {Promise<void> | null} */
  let listing = null;

  /** @param {{ file: string | null }} entry */
  const addressOf = ({ file }) => (file ? new URL(file, FOLDER) : undefined);

  async function readCatalogue() {
    /** @type {CatalogueEntry[]} */
    let entries = [];
    try {
      const response = await fetch(new URL('catalogue.json', FOLDER));
      entries = response.ok ? (await response.json()).backbones : [];
    } catch {
      // Offline, or served without one: the built-in backbone remains.
    }
    if (!entries.some(({ name }) => name === BUILT_IN.name)) {
      entries = [BUILT_IN, ...entries];
    }
    const speeds = readSpeeds();
    state.backbones.entries = entries.map((entry) => ({
      ...entry,
      available: entry.file === null ? true : null, // not known yet
      measuredMs: speeds[speedKey(entry.name)] ?? null,
    }));
    changed('backbones-changed');
  }

  /** A catalogue names what could be there; only a look says what is. */
  async function checkAvailable() {
    await Promise.all(
      state.backbones.entries.map(async (entry) => {
        const address = addressOf(entry);
        if (!address) {
          return;
        }
        try {
          const response = await fetch(address, { method: 'HEAD' });
          const type = response.headers.get('content-type') ?? '';
          // A server that answers everything with its start page does not have it either.
          entry.available = response.ok && !type.startsWith('text/html');
        } catch {
          entry.available = false;
        }
      }),
    );
    changed('backbones-changed');
  }

  /** @param {string} name */
  const speedKey = (name) => `${name} ${state.engine.variant} ${state.engine.threads}`;

  return {
    /** Where the chosen backbone lies; undefined for the built-in one. */
    async chosenAddress() {
      const { backbone } = state.settings;
      if (backbone === BUILT_IN.name) {
        return undefined;
      }
      await readCatalogue();
      const entry = state.backbones.entries.find(({ name }) => name === backbone);
      return entry && addressOf(entry);
    },

    list() {
      listing ??= readCatalogue().then(checkAvailable);
      return listing;
    },

    /**
     * Changes the backbone: all pictures are looked at anew. A stop or a failure leaves everything as it was.
     *
     * @param {string} name
     * @param {(name: string) => void} remember
     */
    async choose(name, remember) {
      const { trainer } = engine;
      const entry = state.backbones.entries.find((other) => other.name === name);
      if (!trainer || !entry || running) {
        return;
      }
      running = new AbortController();
      state.backbones.change = { name, done: 0, total: 0 };
      changed('backbones-changed');
      try {
        await trainer.setBackbone(addressOf(entry), {
          signal: running.signal,
          onProgress: ({ stage, done, total }) => {
            if (stage === 'embed') {
              state.backbones.change = { name, done, total };
              changed('backbones-changed');
            }
          },
        });
        state.backbones.change = null;
        remember(name);
        engine.refresh();
        notices.announce(texts.t('notice.backboneChanged'));
        changed('backbone-changed', 'samples-changed');
      } catch (error) {
        notices.fail(error);
      } finally {
        running = null;
        state.backbones.change = null;
        changed('backbones-changed', 'intake-ended');
      }
    },

    /** Times every backbone that is there, one after the other. */
    async measure() {
      if (running) {
        return;
      }
      running = new AbortController();
      state.backbones.measuring = true;
      changed('backbones-changed');
      const speeds = readSpeeds();
      try {
        for (const entry of state.backbones.entries.filter(({ available }) => available)) {
          entry.measuredMs = await engine.measureMs(addressOf(entry), running.signal);
          speeds[speedKey(entry.name)] = entry.measuredMs;
          changed('backbones-changed');
        }
        localStorage.setItem(SPEEDS_KEY, JSON.stringify(speeds));
      } catch (error) {
        notices.fail(error);
      } finally {
        running = null;
        state.backbones.measuring = false;
        changed('backbones-changed');
      }
    },

    stop: () => running?.abort(),
  };
}

/** @returns {Record<string, number>} */
function readSpeeds() {
  try {
    const speeds = JSON.parse(localStorage.getItem(SPEEDS_KEY) ?? '{}');
    return Object.fromEntries(Object.entries(speeds ?? {}).filter(([, ms]) => typeof ms === 'number' && ms > 0));
  } catch {
    return {};
  }
}
