// The person's camera: opened on request, watched while it runs, taken up again when it comes back.
//
// It speaks in codes, never in sentences: what a person reads comes from the page's texts.

import { failureOf } from './failures.js';

/** @typedef {'closed' | 'opening' | 'open' | 'lost' | 'failed'} CameraState */
/** @typedef {'user' | 'environment'} Facing */
/**
 * @typedef {object} CameraChoice
 * @property {string} [deviceId] One camera and no other: a person who picked a camera never silently gets another one.
 * @property {Facing} [facing] The front or the back camera of a phone; a wish, where there is only one.
 */
/**
 * @typedef {object} CameraDevice
 * @property {string} deviceId
 * @property {string} label Empty until the camera was allowed once.
 * @property {Facing | null} facing
 */

/** How often a lost camera is looked for where the browser announces no change of devices. */
const LOOK_AGAIN_MS = 2000;
/** Cameras stutter; only a longer silence is one. */
const SILENT_AFTER_MS = 1000;
/** More would only be thrown away: the engine looks at 224 pixels. 4:3 gives the largest square on most sensors. */
const WANTED_SIZE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 } };

/**
 * Events: `camera-opened`, `camera-failed`, `camera-lost`, `camera-closed`, `devices-changed`.
 */
export class Camera extends EventTarget {
  /** @type {CameraState} */
  state = 'closed';
  /** @type {MediaStream | null} */
  stream = null;
  /** @type {import('./failures.js').CameraFailure | null} */
  failure = null;

  /** @type {MediaDevices | undefined} */
  #mediaDevices;
  /** @type {CameraChoice} */
  #choice = {};
  /** Counts openings and closings; whatever finishes under an older number is out of date. */
  #turn = 0;
  /** @type {Set<HTMLVideoElement>} */
  #videos = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #lookAgain;
  /** Whether the stream is there but shows nothing. */
  #isSilent = false;
  /** @type {PermissionStatus | null} */
  #permission = null;

  /** @param {MediaDevices} [mediaDevices] Another source of cameras, for tests. */
  constructor(mediaDevices = globalThis.navigator?.mediaDevices) {
    super();
    this.#mediaDevices = mediaDevices;
    mediaDevices?.addEventListener?.('devicechange', () => {
      this.#say('devices-changed');
      void this.#takeUpAgain();
    });
    globalThis.document?.addEventListener('visibilitychange', () => {
      if (!document.hidden) {
        void this.#takeUpAgain();
      }
    });
  }

  /** What the running camera really is: its device, size and facing. */
  get settings() {
    return this.stream?.getVideoTracks()[0]?.getSettings() ?? null;
  }

  /**
   * Opens a camera and hands its stream to every attached video. A second call replaces the first, whichever was
   * faster. Never throws: a failure is in `state` and `failure`, and announced by `camera-failed`.
   *
   * @param {CameraChoice} [choice]
   * @returns {Promise<boolean>} Whether this call's camera is open now.
   */
  async open(choice = {}) {
    this.#choice = { ...choice };
    return this.#open({ quietly: false });
  }

  /** Switches the camera off: its light goes out. */
  close() {
    this.#turn += 1;
    clearTimeout(this.#lookAgain);
    this.#letGo();
    this.state = 'closed';
    this.failure = null;
    this.#say('camera-closed');
  }

  /**
   * The cameras of this machine; their labels are empty until a camera was allowed once.
   *
   * @returns {Promise<CameraDevice[]>}
   */
  async devices() {
    const all = (await this.#mediaDevices?.enumerateDevices?.()) ?? [];
    return all
      .filter((device) => device.kind === 'videoinput')
      .map((device) => ({
        deviceId: device.deviceId,
        label: device.label,
        facing: facingOf(device),
      }));
  }

  /**
   * Shows the camera in a video element, now and after every later opening.
   *
   * iPhones show a black or frozen picture unless the element is in the page, muted and `playsinline` (as attributes
   * too, not only as properties), and play() is called after the stream was set.
   *
   * @param {HTMLVideoElement} video
   * @returns {() => void} Takes the element away again.
   */
  attach(video) {
    video.setAttribute('playsinline', '');
    video.setAttribute('muted', '');
    video.setAttribute('autoplay', '');
    video.playsInline = true;
    video.muted = true;
    video.autoplay = true;
    video.disablePictureInPicture = true;
    this.#videos.add(video);
    this.#show(video);
    return () => {
      this.#videos.delete(video);
      video.srcObject = null;
    };
  }

  /** @param {{ quietly: boolean }} how Quietly: an attempt that fails changes nothing. */
  async #open({ quietly }) {
    this.#turn += 1;
    const turn = this.#turn;
    clearTimeout(this.#lookAgain);
    if (!quietly) {
      this.#letGo();
      this.state = 'opening';
      this.failure = null;
      this.#say('camera-opening');
    }
    /** @type {MediaStream} */
    let stream;
    try {
      stream = await this.#request();
    } catch (error) {
      if (turn !== this.#turn) {
        return false;
      }
      const failure = failureOf(error);
      if (!quietly || failure.reason === 'denied') {
        this.state = 'failed';
        this.failure = failure;
        this.#say('camera-failed');
      }
      void this.#watchPermission();
      this.#lookAgainLater();
      return false;
    }
    if (turn !== this.#turn) {
      stopTracks(stream);
      return false;
    }
    this.#letGo();
    this.stream = stream;
    this.state = 'open';
    this.failure = null;
    this.#watchTrack(stream);
    for (const video of this.#videos) {
      this.#show(video);
    }
    this.#say('camera-opened');
    this.#say('devices-changed'); // the labels can be read from now on
    return true;
  }

  /** @returns {Promise<MediaStream>} */
  async #request() {
    const devices = this.#mediaDevices;
    if (!devices?.getUserMedia) {
      // Browsers hide the camera from pages without HTTPS.
      const reason = globalThis.isSecureContext === false ? 'insecure' : 'unsupported';
      throw Object.assign(new Error(reason), { reason });
    }
    const { deviceId, facing } = this.#choice;
    if (deviceId) {
      const video = { ...WANTED_SIZE, deviceId: { exact: deviceId } };
      return devices.getUserMedia({ video, audio: false });
    }
    if (!facing) {
      return devices.getUserMedia({ video: WANTED_SIZE, audio: false });
    }
    try {
      const video = { ...WANTED_SIZE, facingMode: { exact: facing } };
      return await devices.getUserMedia({ video, audio: false });
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'OverconstrainedError') {
        throw error;
      }
      // A laptop's camera faces nowhere: then any camera is the right one.
      const video = { ...WANTED_SIZE, facingMode: { ideal: facing } };
      return devices.getUserMedia({ video, audio: false });
    }
  }

  /** @param {MediaStream} stream */
  #watchTrack(stream) {
    const turn = this.#turn;
    const track = stream.getVideoTracks()[0];
    track?.addEventListener('mute', () => {
      clearTimeout(this.#lookAgain);
      this.#lookAgain = setTimeout(() => turn === this.#turn && track.muted && this.#fallSilent(), SILENT_AFTER_MS);
    });
    track?.addEventListener('unmute', () => {
      if (turn === this.#turn && this.#isSilent) {
        this.#isSilent = false;
        this.state = 'open';
        this.failure = null;
        this.#say('camera-opened');
      }
    });
    track?.addEventListener('ended', () => {
      if (turn !== this.#turn) {
        return;
      }
      this.#letGo();
      this.state = 'lost';
      this.failure = { reason: 'unplugged', detail: '' };
      this.#say('camera-lost');
      void this.#watchPermission();
      this.#lookAgainLater();
    });
  }

  /**
   * A call or another program took the picture away (phones do that): the last frame stands still, and must not be
   * recorded. The stream stays, and goes on by itself.
   */
  #fallSilent() {
    this.#isSilent = true;
    this.state = 'lost';
    this.failure = { reason: 'busy', detail: 'muted' };
    this.#say('camera-lost');
  }

  /** A person who allows the camera in the address bar need not press anything in the page as well. */
  async #watchPermission() {
    if (this.#permission) {
      return;
    }
    try {
      const name = /** @type {PermissionName} */ ('camera');
      this.#permission = await navigator.permissions.query({ name });
      this.#permission.addEventListener('change', () => void this.#takeUpAgain());
    } catch {
      // Firefox knew no such permission for long; the button remains.
    }
  }

  #lookAgainLater() {
    clearTimeout(this.#lookAgain);
    // A refusal ends by the person's hand, which the permission announces.
    if (this.#waits() && this.failure?.reason !== 'denied') {
      this.#lookAgain = setTimeout(() => void this.#takeUpAgain(), LOOK_AGAIN_MS);
    }
  }

  /** Whether a camera is wanted that may appear by itself. */
  #waits() {
    const reason = this.failure?.reason ?? '';
    if (this.#isSilent) {
      return false; // its stream goes on by itself
    }
    const mayReturn = ['missing', 'busy', 'unplugged', 'denied', 'unknown'].includes(reason);
    return (this.state === 'lost' || this.state === 'failed') && mayReturn;
  }

  /** Tries once more, but only where that cannot make the browser ask the person again. */
  async #takeUpAgain() {
    if (!this.#waits()) {
      return;
    }
    const turn = this.#turn;
    const present = await this.#isPresent().catch(() => false);
    if (turn !== this.#turn || !this.#waits()) {
      return;
    }
    const allowed = this.#permission?.state === 'granted' || this.state === 'lost';
    if (present && allowed && !globalThis.document?.hidden) {
      await this.#open({ quietly: true });
    } else {
      this.#lookAgainLater();
    }
  }

  async #isPresent() {
    const devices = await this.devices();
    const { deviceId } = this.#choice;
    return devices.some((device) => !deviceId || device.deviceId === deviceId);
  }

  /** @param {HTMLVideoElement} video */
  #show(video) {
    if (video.srcObject !== this.stream) {
      video.srcObject = this.stream;
    }
    if (!this.stream) {
      return;
    }
    video.play().catch(() => {
      // A phone that saves power plays only after a touch.
      const again = () => void video.play().catch(() => {});
      globalThis.document?.addEventListener('pointerdown', again, { once: true });
    });
  }

  #letGo() {
    this.#isSilent = false;
    if (this.stream) {
      stopTracks(this.stream);
      this.stream = null;
    }
    for (const video of this.#videos) {
      video.srcObject = null;
    }
  }

  /** @param {string} name */
  #say(name) {
    this.dispatchEvent(new Event(name));
  }
}

/** @param {MediaStream} stream */
function stopTracks(stream) {
  for (const track of stream.getTracks()) {
    track.stop();
  }
}

/**
 * @param {MediaDeviceInfo} device
 * @returns {Facing | null}
 */
function facingOf(device) {
  const known = /** @type {any} */ (device).getCapabilities?.()?.facingMode?.[0];
  if (known === 'user' || known === 'environment') {
    return known;
  }
  if (/\b(back|rear|environment|world)\b/i.test(device.label)) {
    return 'environment';
  }
  return /\b(front|user|facetime)\b/i.test(device.label) ? 'user' : null;
}
