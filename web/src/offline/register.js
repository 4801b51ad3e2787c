// The page's side of being there without a network: takes the version in, and tells when a newer one is ready.

/**
 * @typedef {object} Offline
 * @property {() => Promise<'used' | 'others-open'>} use Puts the newer version to work; `used`: the page is about to load again.
 */

/**
 * @param {{ onUpdate: () => void }} events
 * @returns {Promise<Offline | null>} null where it cannot be: no https, an old browser, a file
 */
export async function goOffline({ onUpdate }) {
  // While it is developed the page is not to be kept, and nobody has built what would keep it.
  if (!('serviceWorker' in navigator) || !isSecureContext || import.meta.env?.DEV) {
    return null;
  }
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register(new URL('service-worker.js', document.baseURI), {
    updateViaCache: 'none',
  });

  function look() {
    if (registration.waiting && serviceWorker.controller) {
      onUpdate();
    }
  }
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look);
  });
  look();
  // A page that stays open for days learns of new versions, too.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) {
      registration.update().catch(() => {}); // offline
    }
  });

  return {
    async use() {
      const { waiting } = registration;
      if (!waiting) {
        return 'used';
      }
      const { port1, port2 } = new MessageChannel();
      const answer = new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data.mayUse);
      });
      waiting.postMessage('use', [port2]);
      if (!(await answer)) {
        return 'others-open';
      }
      serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true });
      return 'used';
    },
  };
}
