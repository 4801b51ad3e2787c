// A browser that falsifies the pixels of a canvas is found out, so that nobody wonders why nothing can be learnt.

const TOLD_KEY = 'headstart.told';

/** @param {import('./types.js').Context} context */
export function watchCanvas({ state, engine, notices, texts }) {
  engine.whenReady(async (trainer) => {
    const [{ trusted, detail }, stats] = await Promise.all([
      import('../intake/canvas-trust.js').then(({ checkCanvas }) => checkCanvas()),
      trainer.stats(), // the engine's own look, in its worker
    ]);
    if (trusted && !stats.canvasFalsified) {
      state.camera.canvas = 'honest';
    } else {
      state.camera.canvas = detail.videoFrame === 'trusted' ? 'avoided' : 'falsified';
    }
    if (state.camera.canvas === 'falsified') {
      notices.fail(Object.assign(new Error(texts.t('canvas.falsified')), { code: 'unsupported' }));
    }
    if (state.camera.canvas === 'avoided' && isFirstTime()) {
      notices.tell(texts.t('about.canvas'));
    }
  });
}

/** What harms nobody is told once. */
function isFirstTime() {
  try {
    const isFirst = localStorage.getItem(TOLD_KEY) === null;
    localStorage.setItem(TOLD_KEY, 'canvas');
    return isFirst;
  } catch {
    return true;
  }
}
