// Which backbone looks at the pictures: what there is, what it costs, how fast it is here, and the change to another. A tier
// is several networks that look at once.

/** @typedef {import('./types.js').CatalogueEntry} CatalogueEntry */
/** @typedef {import('./types.js').State['backbones']['entries'][number]} Entry */
/** @typedef {ReturnType<typeof createBackbones>} Backbones */
/** @typedef {{ name: string, networks: string[], shares?: number[] }} Tier `shares`: the say of each network. */

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

/** Begins the name of what a person brought. */
export const OWN = 'own ';

/** @param {import('./types.js').Context} context */
export function createBackbones({ state, changed, engine, notices, texts }) {
  /** @type {AbortController | null} */
  let running = null;
  /** @type {Promise<void> | null} */
  let listing = null;
  /** @type {Promise<void> | null} */
  let reading = null;

  /** @param {string} name */
  const entryOf = (name) => state.backbones.entries.find((entry) => entry.name === name);

  /** @param {string} name */
  const isInBytes = (name) => state.settings.inBytes === name;

  /** What the engine takes for it. @param {Entry} entry @returns {Promise<import('./types.js').ChosenNetwork>} */
  async function networkOf(entry) {
    if (entry.isOwn) {
      const { readOwn } = await import('./own-networks.js');
      const bytes = isInBytes(entry.name) && { precision: /** @type {const} */ ('int8') };
      return { backbone: [await readOwn(entry.name)], ...bytes };
    }
    const files = entry.networks ? entry.networks.map((name) => entryOf(name)?.file ?? '') : [entry.file];
    if (files[0] === null) {
      // The built-in one serves at several sizes.
      return entry.inputSize ? { inputSize: entry.inputSize } : {};
    }
    const addresses = files.map((file) => new URL(String(file), FOLDER));
    const { shares } = entry;
    return { backbone: shares ? addresses.map((file, i) => ({ file, share: shares[i] ?? 1 })) : addresses };
  }

  async function readCatalogue() {
    /** @type {CatalogueEntry[]} */
    let networks = [];
    /** @type {Tier[]} */
    let tiers = [];
    try {
      const response = await fetch(new URL('catalogue.json', FOLDER));
      ({ backbones: networks = [], tiers = [] } = response.ok ? await response.json() : {});
    } catch {
      // Offline, or served without one: the built-in backbone remains.
    }
    if (!networks.some(({ name }) => name === BUILT_IN.name)) {
      networks = [BUILT_IN, ...networks];
    }
    const { listOwn } = await import('./own-networks.js');
    const speeds = readSpeeds();
    const all = [...tiers.map((tier) => tierOf(tier, networks)), ...(await listOwn()), ...networks];
    state.backbones.entries = all.map((entry) => ({
      ...entry,
      available: entry.isOwn || (entry.file === null && !entry.networks) ? true : null, // not known yet
      measuredMs: speeds[speedKey(entry.name)] ?? null,
    }));
    changed('backbones-changed');
  }

  /** The files that lie beside the page; null where nobody keeps a list of them. @returns {Promise<string[] | null>} */
  async function readAtHand() {
    try {
      const response = await fetch(new URL('at-hand.json', FOLDER));
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  /**
   * A catalogue names what could be there, a list what should be; only a look says what is. What is not on the list is not
   * asked for.
   *
   * @param {Entry} entry
   * @param {string[] | null} atHand
   */
  async function check(entry, atHand) {
    if (!entry.file) {
      return;
    }
    if (atHand && !atHand.includes(entry.file)) {
      entry.available = false;
      return;
    }
    try {
      const response = await fetch(new URL(entry.file, FOLDER), { method: 'HEAD' });
      const type = response.headers.get('content-type') ?? '';
      // A server that answers everything with its start page does not have it either.
      entry.available = response.ok && !type.startsWith('text/html');
      entry.bytes ||= entry.available ? Number(response.headers.get('content-length') ?? 0) : 0;
    } catch {
      entry.available = false;
    }
  }

  async function checkAvailable() {
    const { entries } = state.backbones;
    const atHand = await readAtHand();
    await Promise.all(entries.map((entry) => check(entry, atHand)));
    for (const tier of entries) {
      const parts = tier.networks?.map(entryOf);
      if (parts) {
        tier.available = parts.every((part) => part?.available === true);
        tier.bytes = tier.available ? sum(parts.map((part) => part?.bytes ?? 0)) : 0;
      }
    }
    changed('backbones-changed');
  }

  /** @param {string} name */
  const speedKey = (name) => {
    const { variant, threads } = state.engine;
    return `${name} ${variant} ${threads}${isInBytes(name) ? ' int8' : ''}`;
  };

  /** How long it takes here, and remembers it. @param {Entry} entry @param {AbortSignal} signal */
  async function measureOne(entry, signal) {
    entry.measuredMs = await engine.measureMs(await networkOf(entry), signal);
    localStorage.setItem(SPEEDS_KEY, JSON.stringify({ ...readSpeeds(), [speedKey(entry.name)]: entry.measuredMs }));
    changed('backbones-changed');
    return entry.measuredMs;
  }

  const catalogue = () => {
    reading ??= readCatalogue();
    return reading;
  };

  return {
    /** What to look with. */
    async chosen() {
      await catalogue();
      const entry = entryOf(state.settings.backbone);
      return entry ? networkOf(entry) : { isMissing: true };
    },

    catalogue,

    /** Whether all networks of some tier came with the page. Asks for nothing that is not there. */
    async hasTier() {
      await catalogue();
      const files = (await readAtHand()) ?? [];
      const isHere = (/** @type {string} */ name) => files.includes(String(entryOf(name)?.file));
      return state.backbones.entries.some(({ networks }) => networks?.every(isHere));
    },

    /** The catalogue, and what of it is there. */
    list() {
      listing ??= catalogue().then(checkAvailable);
      return listing;
    },

    /** What a person has brought is among them. */
    async listAnew() {
      listing = null;
      reading = null;
      await this.list();
    },

    /**
     * Changes the backbone: all pictures are looked at anew. A stop or a failure leaves everything as it was.
     *
     * @param {string} name
     * @param {(name: string) => void} remember
     * @returns {Promise<boolean>} whether it is in use now
     */
    async choose(name, remember) {
      const { trainer } = engine;
      const entry = entryOf(name);
      if (!trainer || !entry || running) {
        return false;
      }
      running = new AbortController();
      state.backbones.change = { name, done: 0, total: 0 };
      changed('backbones-changed');
      try {
        const { backbone, ...how } = await networkOf(entry);
        await trainer.setBackbone(backbone, {
          ...how,
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
        state.engine.fellBack = false;
        entry.measuredMs = readSpeeds()[speedKey(name)] ?? null;
        engine.refresh();
        notices.announce(texts.t('notice.backboneChanged'));
        changed('backbone-changed', 'samples-changed');
        return true;
      } catch (error) {
        notices.fail(error);
        return false;
      } finally {
        running = null;
        state.backbones.change = null;
        changed('backbones-changed', 'intake-ended');
      }
    },

    /** Times what is there, one after the other. @param {(entry: Entry) => boolean} [isWanted] asked before each */
    async measure(isWanted = () => true) {
      if (running) {
        return;
      }
      running = new AbortController();
      state.backbones.measuring = true;
      changed('backbones-changed');
      try {
        for (const entry of state.backbones.entries) {
          if (entry.available && isWanted(entry)) {
            await measureOne(entry, running.signal);
          }
        }
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

/** @param {number[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

/** @param {Tier} tier @param {CatalogueEntry[]} networks @returns {CatalogueEntry} */
function tierOf({ name, networks: names, shares }, networks) {
  const parts = networks.filter((network) => names.includes(network.name));
  return {
    name,
    networks: names,
    ...(shares && { shares }),
    file: null,
    bytes: 0,
    inputSize: parts[0]?.inputSize ?? 0,
    mmac: sum(parts.map(({ mmac }) => mmac)),
    license: [...new Set(parts.map(({ license }) => license))].join(', '),
    source: names.join(' + '),
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
