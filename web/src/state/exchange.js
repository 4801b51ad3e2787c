// What comes back to the page: heads and projects as files; and the pictures, which leave as an archive.

/** @typedef {ReturnType<typeof createExchange>} Exchange */

/** @param {import('./types.js').Context} context @param {() => Promise<import('./opening.js').Opening>} loadOpening */
export function createExchange({ state, changed, engine, notices, texts }, loadOpening) {
  /** @type {AbortController | null} */
  let zipping = null;

  /** "headstart-cat-dog": names in the file's name, so that ten downloads can be told apart. */
  function fileStem() {
    const names = state.classes
      .filter((card) => card.enabled)
      .slice(0, 3)
      .map((card) => card.name.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, ''))
      .filter(Boolean);
    return ['headstart', ...names].join('-').slice(0, 60);
  }

  /** @param {(opening: import('./opening.js').Opening) => unknown} act */
  const open = (act) =>
    loadOpening()
      .then(act)
      .then(() => {}, notices.fail);

  return {
    fileStem,

    /** @param {File} file */
    importHead: (file) => open(({ importHead }) => importHead(file)),

    /** Everything that a project holds, beside what is here already. @param {File} file */
    importProject: (file) => open(({ importProject }) => importProject(file)),

    async savePictures() {
      const { trainer } = engine;
      if (!trainer || zipping) {
        return;
      }
      zipping = new AbortController();
      const total = state.classes.reduce((sum, card) => sum + card.sampleIds.length, 0);
      state.saving = { kind: 'zip', done: 0, total };
      changed('saving-changed');
      try {
        const { savePicturesAsZip } = await import('../project/pictures-zip.js');
        const { download } = await import('../export/download.js');
        const archive = await savePicturesAsZip({
          classes: state.classes.map(({ name, sampleIds }) => ({ name, sampleIds })),
          picture: (sampleId) => trainer.picture(sampleId),
          signal: zipping.signal,
          onProgress: ({ done }) => {
            state.saving = { kind: 'zip', done, total };
            changed('saving-changed');
          },
        });
        download(archive, `${fileStem()}.zip`, 'application/zip');
        state.unsaved = false;
        notices.tell(texts.t('notice.picturesSaved', { count: total }));
      } catch (error) {
        notices.fail(error);
      } finally {
        zipping = null;
        state.saving = null;
        changed('saving-changed');
      }
    },

    stopSaving: () => zipping?.abort(),
  };
}
