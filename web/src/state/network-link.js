// The way to what chooses networks, which comes when somebody asks for it or when the page has nothing to do.

/** @param {import('./types.js').Context} context @param {{ settings: import('./settings.js').SettingsState }} parts */
export function createNetworkLink(context, parts) {
  const { state, notices } = context;
  /** @type {Promise<import('./network-choice.js').NetworkChoice> | null} */
  let loading = null;

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

  return {
    /** What to look with; the built-in one needs nothing of this. @returns {Promise<import('./types.js').ChosenNetwork>} */
    async chosen() {
      return state.settings.backbone === 'built-in' ? {} : (await choice()).chosen();
    },
    list: () => ask(({ list }) => list()),
    listTiers: () => ask(({ listTiers }) => listTiers()),
    measure: () => ask(({ measure }) => measure()),
    stop: () => ask(({ stop }) => stop()),
    /** @param {string} name */
    choose: (name) => ask(({ choose }) => choose(name)),
    /** The best tier that is at hand and quick enough here. */
    pickBest: () => ask(({ pickBest }) => pickBest()),
    /** @param {boolean} isWanted */
    letPagePick: (isWanted) => ask(({ letPagePick }) => letPagePick(isWanted)),
    /** A person's own network that runs. @param {boolean} isWanted */
    computeInBytes: (isWanted) => ask(({ computeInBytes }) => computeInBytes(isWanted)),
    /** A person's own network; several look at once. @param {File[]} files */
    useOwn: (files) => ask(({ useOwn }) => useOwn(files)),
  };
}
