// The camera as the page knows it: a phase, a reason when it fails, the choice of device and facing.

import { Camera } from '../camera/camera.js';

/** @typedef {ReturnType<typeof createCameraLink>} CameraLink */

/** @param {import('./types.js').Context} context */
export function createCameraLink({ state, changed, notices, texts }) {
  const camera = new Camera();
  /** @type {HTMLVideoElement | null} */
  let video = null;

  function refresh() {
    const { camera: view } = state;
    const before = view.phase;
    view.phase = camera.state;
    view.reason = camera.failure?.reason ?? '';
    view.detail = camera.failure?.detail ?? '';
    view.stream = camera.stream;
    const settings = camera.settings;
    if (settings) {
      view.deviceId = settings.deviceId ?? '';
      view.facing = /** @type {any} */ (settings.facingMode) ?? view.facing;
    }
    if (before !== view.phase) {
      tell();
    }
    changed('camera-changed');
  }

  function tell() {
    const { phase, reason } = state.camera;
    if (phase === 'open') {
      notices.announce(texts.t('camera.isOpen'));
    } else if (phase === 'failed' || phase === 'lost') {
      const key = /** @type {any} */ (`camera.${reason || 'unknown'}`);
      notices.announce(texts.t(texts.has(key) ? key : 'camera.unknown'));
    }
  }

  async function listDevices() {
    state.camera.devices = await camera.devices().catch(() => []);
    changed('camera-changed');
  }

  for (const event of ['camera-opening', 'camera-opened', 'camera-failed', 'camera-lost', 'camera-closed']) {
    camera.addEventListener(event, refresh);
  }
  camera.addEventListener('devices-changed', () => void listDevices());

  return {
    /** The element that shows the camera, and from which pictures are taken. @param {HTMLVideoElement} element */
    attach(element) {
      video = element;
      camera.attach(element);
      changed('video-attached');
    },
    get video() {
      return video;
    },
    /** Whether there is a picture to take. */
    get isShowing() {
      return camera.state === 'open' && (video?.videoWidth ?? 0) > 0;
    },
    /** A camera that has just been opened shows its first picture a moment later. */
    async untilShowing() {
      for (let waits = 0; waits < 60 && camera.state === 'open' && video?.videoWidth === 0; waits += 1) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    open: () => camera.open(chosen(state.camera)),
    close: () => camera.close(),
    /** @param {string} deviceId */
    chooseDevice(deviceId) {
      state.camera.facing = null;
      return camera.open({ deviceId });
    },
    /** From the front camera to the back one, and back again. */
    turnAround() {
      const facing = state.camera.facing === 'environment' ? 'user' : 'environment';
      state.camera.facing = facing;
      return camera.open({ facing });
    },
    /** A person who allowed it before is not asked again, so it need not wait for a press of a button. */
    async openIfAllowed() {
      try {
        const name = /** @type {PermissionName} */ ('camera');
        const permission = await navigator.permissions.query({ name });
        if (permission.state === 'granted') {
          await camera.open(chosen(state.camera));
        }
      } catch {
        // This browser does not tell; the button does.
      }
    },
    /** Says at once, before any button is pressed, that this page cannot have a camera. */
    checkPossible() {
      if (!navigator.mediaDevices?.getUserMedia) {
        void camera.open({});
      }
    },
  };
}

/** @param {import('./types.js').State['camera']} view */
function chosen({ facing }) {
  return facing ? { facing } : {};
}
