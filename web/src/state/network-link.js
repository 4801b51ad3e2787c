// The way to what chooses networks, which comes when somebody asks for it or when the page has nothing to do.

/** @typedef {ReturnType<typeof createNetworkLink>} NetworkLink */

/** @param {import('./types.js').Context} context @param {{ settings: import('./settings.js').SettingsState }} parts */
export function createNetworkLink(context, parts) {
  const { state, notices } = context;
  /** @type {Promise<import('./network-choice.js').NetworkChoice> | null} */
  let loading = null;
  /** Of what was learnt with a network that is not in use. @type {import('./missing-network.js').MissingNetwork | null} */
  let missing = null;

  function choice() {
    loading ??= import('./network-choice.js')
      .then(({ createNetworkChoice }) => createNetworkChoice(context, parts))
      .catch((cause) => {
        loading = null;
        throw cause;
      });
    return loading;
  }

  /** @param {(choice: import('./network-choice.js').NetworkChoice) => unknown} act */
  const ask = (act) =>
    choice()
      .then(act)
      .then(() => {}, notices.fail);

  const list = () => ask(({ list }) => list());

  /** A person's own network that runs. @param {boolean} isWanted */
  const computeInBytes = (isWanted) => ask((choice) => choice.computeInBytes(isWanted));

  async function missingNetwork() {
    const { createMissingNetwork } = await import('./missing-network.js');
    missing ??= createMissingNetwork(context, { list, computeInBytes });
    return missing;
  }

  return {
    /** What to look with; the built-in one needs nothing of this. @returns {Promise<import('./types.js').ChosenNetwork>} */
    async chosen() {
      return state.settings.backbone === 'built-in' ? {} : (await choice()).chosen();
    },
    list,
    listTiers: () => ask(({ listTiers }) => listTiers()),
    measure: () => ask(({ measure }) => measure()),
    stop: () => ask(({ stop }) => stop()),
    /** @param {string} name */
    choose: (name) => ask(async ({ choose }) => (await choose(name)) && missing?.settle(false)),
    /** The best tier that is at hand and quick enough here. */
    pickBest: () => ask(({ pickBest }) => pickBest()),
    /** @param {boolean} isWanted */
    letPagePick: (isWanted) => ask(({ letPagePick }) => letPagePick(isWanted)),
    computeInBytes,
    /** A person's own network; several look at once. @param {File[]} files */
    useOwn: (files) => ask(async ({ useOwn }) => (await useOwn(files)) && missing?.settle(true)),

    /** Something was learnt with a network that is not in use. @param {import('./missing-network.js').Wanted} need */
    tellMissing: (need) => ask(async () => (await missingNetwork()).tell(need)),
    /**
     * The network that the project has chosen is not to be had: another one looks meanwhile.
     *
     * @param {Uint8Array | null} head the project's, as a file
     * @param {() => unknown} take puts it to work
     */
    tellChosenMissing: (head, take) => ask(async () => (await missingNetwork()).tellChosen(head, take)),
    /** It is gone on without it. */
    putOffMissing: () => missing?.putOff(),
  };
}
