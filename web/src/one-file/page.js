// What runs in the one file that works anywhere, without a network: camera and pictures in, the classes' parts out.
//
// Engine, backbone and head lie in the page itself; the engine runs in a worker, as in the page that wrote the file.

import { trainerMaker } from '../engine/client/trainer-maker.js';
import { connect } from '../engine/shared/rpc.js';
import { createSteadier } from '../state/steadier.js';
import { bytesOf, PARTS, settingsOf } from './parts.js';
import { words } from './words.js';

/** @typedef {import('../engine/headstart.d.ts').Trainer} Trainer */

/** What the steadier calls "none of these": no class has this number. */
const UNKNOWN = -1;
const STEADY_MS = 250;
/** The page has so many colours for classes. */
const SLOT_COUNT = 8;

/** @template {HTMLElement} [Kind=HTMLElement] @param {string} id */
const find = (id) => /** @type {Kind} */ (document.getElementById(id));
const video = /** @type {HTMLVideoElement} */ (find('video'));
const picture = /** @type {HTMLImageElement} */ (find('picture'));
const cameraButton = /** @type {HTMLButtonElement} */ (find('camera'));
const fileInput = /** @type {HTMLInputElement} */ (find('file'));

const settings = settingsOf(find(PARTS.settings));
const { t, percent } = words();
const steadier = createSteadier();
/** @type {MediaStream | null} */
let stream = null;
/** Counts what was asked to be looked at; an answer for something older is thrown away. */
let turn = 0;

/** @param {string} text */
const tellTrouble = (text) => {
  find('trouble').textContent = text;
};

/** The engine as the page has it, made of what lies in this file. */
async function openEngine() {
  const parts = await Promise.all(
    [PARTS.worker, PARTS.glue, PARTS.wasm, PARTS.backbone, PARTS.head].map((id) => bytesOf(find(id))),
  );
  const [worker, glue, wasm, backbone, head] = parts;
  const workerAddress = URL.createObjectURL(new Blob([worker], { type: 'text/javascript' }));
  const ports = {
    open: () => connect(new Worker(workerAddress)),
    keepReserve() {},
  };
  const library = {
    'wasm/simd.js': await dataAddress(glue, 'text/javascript'),
    'wasm/simd.wasm': await dataAddress(wasm, 'application/wasm'),
  };
  const { inputSize, precision } = settings;
  const how = { precision, ...(inputSize && { inputSize }) };
  const trainer = await trainerMaker(ports, library)({ backbone, variant: 'simd', ...how });
  await trainer.importHead(head);
  return trainer;
}

/**
 * From the disk a page has no origin, and what is loaded from its blob addresses is a stranger's.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {string} type
 * @returns {Promise<string>}
 */
const dataAddress = (bytes, type) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([bytes], { type }));
  });

/** @param {Trainer} trainer */
function start(trainer) {
  const rows = new Map(trainer.classes.map(({ id, name }, index) => [id, addRow(name, index)]));

  /** @param {import('../engine/headstart.d.ts').Prediction} prediction @param {number} leadMs */
  function show({ ranked, known }, leadMs) {
    for (const { classId, probability } of ranked) {
      const row = rows.get(classId);
      if (row) {
        row.meter.value = probability;
        row.part.textContent = percent(probability);
      }
    }
    const [first] = ranked;
    const sure = first.probability >= settings.threshold ? first.classId : null;
    const answer = steadier.update(known < settings.knownThreshold ? UNKNOWN : sure, leadMs, performance.now());
    const name = trainer.classes.find(({ id }) => id === answer)?.name;
    const text = name ?? t(answer === UNKNOWN ? 'oneFile.none' : 'oneFile.notSure');
    // Written only when it changes: a screen reader says it each time.
    if (find('answer').textContent !== text) {
      find('answer').textContent = text;
    }
  }

  async function look() {
    const mine = ++turn;
    while (mine === turn && stream) {
      const prediction = await trainer.predict(video);
      if (mine === turn) {
        show(prediction, STEADY_MS);
        await new Promise(requestAnimationFrame);
      }
    }
  }

  async function switchOn() {
    const mine = ++turn;
    tellTrouble('');
    try {
      const wanted = { video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' } };
      const opened = await navigator.mediaDevices.getUserMedia(wanted);
      if (mine !== turn) {
        stopTracks(opened);
        return;
      }
      stream = opened;
      opened.getVideoTracks()[0]?.addEventListener('ended', switchOff);
      const { facingMode } = opened.getVideoTracks()[0]?.getSettings() ?? {};
      video.classList.toggle('is-mirrored', facingMode !== 'environment');
      video.srcObject = opened;
      await video.play();
      showSource();
      await look();
    } catch {
      switchOff();
      tellTrouble(t('oneFile.noCamera'));
    }
  }

  function switchOff() {
    turn++;
    stopTracks(stream);
    stream = null;
    video.srcObject = null;
    steadier.reset();
    showSource();
  }

  /** @param {Blob} file */
  async function tryPicture(file) {
    switchOff();
    tellTrouble('');
    const mine = turn;
    try {
      const prediction = await trainer.predict(file);
      if (mine !== turn) {
        return;
      }
      URL.revokeObjectURL(picture.src);
      picture.src = URL.createObjectURL(file);
      showSource();
      show(prediction, 0);
    } catch {
      tellTrouble(t('oneFile.noPicture'));
    }
  }

  cameraButton.addEventListener('click', () => (stream ? switchOff() : switchOn()));
  fileInput.addEventListener('change', () => {
    const [file] = fileInput.files ?? [];
    if (file) {
      void tryPicture(file);
    }
    fileInput.value = '';
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (file) {
      void tryPicture(file);
    }
  });
}

/** @param {MediaStream | null} opened */
function stopTracks(opened) {
  for (const track of opened?.getTracks() ?? []) {
    track.stop();
  }
}

function showSource() {
  video.hidden = !stream;
  picture.hidden = Boolean(stream) || !picture.src;
  find('hint').hidden = !video.hidden || !picture.hidden;
  cameraButton.textContent = t(stream ? 'oneFile.cameraOff' : 'oneFile.cameraOn');
}

/** @param {string} name @param {number} index */
function addRow(name, index) {
  const row = document.createElement('li');
  row.dataset.slot = String((index % SLOT_COUNT) + 1);
  const label = Object.assign(document.createElement('span'), { className: 'name', dir: 'auto', textContent: name });
  const part = Object.assign(document.createElement('span'), { className: 'part' });
  const meter = Object.assign(document.createElement('meter'), { max: 1, ariaLabel: name });
  row.append(label, part, meter);
  find('classes').append(row);
  return { part, meter };
}

document.title = settings.title || document.title;
find('title').textContent = document.title;
find('privacy').textContent = t('oneFile.privacy');
find('choose').textContent = t('oneFile.choose');
find('hint').textContent = t('oneFile.loading');
find('tools').hidden = true;
openEngine().then(
  (trainer) => {
    start(trainer);
    find('hint').textContent = t('oneFile.hint');
    find('tools').hidden = false;
    showSource();
    document.documentElement.dataset.ready = '';
  },
  (cause) => {
    find('hint').textContent = t('oneFile.noEngine');
    tellTrouble(String(cause?.message ?? cause));
  },
);
