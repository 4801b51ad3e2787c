// Whole projects out of a zip: ours, Teachable Machine's, GenAI-FI's, or folders of pictures. Untrusted bytes: names are
// shown, never used as paths, and what cannot be read is listed.

import { strFromU8, unzipSync } from 'fflate';
import { HeadstartError, throwIfAborted } from '../shared/errors.js';
import { checkLongAction } from './checks.js';
import { isPng, readPng } from './png-reader.js';
import { HEAD_FILE, PROJECT_FILE, PROJECT_FORMAT } from './project-file.js';
import { ownBytes } from './sources.js';

/** @typedef {{ name: string, enabled: boolean, pictures: { name: string, bytes: Uint8Array }[] }} ClassOfProject */
/** @typedef {{ file: Uint8Array, classes: number[], strategy: any, stale: boolean, imported: boolean }} HeadOfProject */
/**
 * @typedef {object} Project
 * @property {import('../headstart-export.d.ts').ImportedProject['kind']} kind
 * @property {ClassOfProject[]} classes
 * @property {HeadOfProject | null} head
 * @property {{ name: string, inputSize: number }} backbone what the head reads; empty and 0 where nothing says so
 * @property {unknown} page
 */

const MOST_BYTES = 1 << 30;
const PICTURE = /\.(jpe?g|png|webp|gif|bmp|avif)$/i;

/** @param {Uint8Array} bytes @returns {Project} */
export function readProject(bytes) {
  const files = unzip(bytes);
  const names = Object.keys(files).filter((name) => !name.endsWith('/') && !/(^|\/)(__MACOSX|\.)/.test(name));
  if (files[PROJECT_FILE]) {
    return readOwn(files);
  }
  const pictures = names.filter((name) => PICTURE.test(name));
  if (pictures.some((name) => name.includes('-!-'))) {
    return grouped('teachable-machine', files, pictures, (name) => name.slice(0, name.lastIndexOf('-!-')));
  }
  const samples = pictures.filter((name) => name.startsWith('samples/'));
  if (samples.length > 0 && files['metadata.json']) {
    return readGenAi(files, samples);
  }
  const inFolders = pictures.filter((name) => name.includes('/'));
  if (inFolders.length === 0) {
    throw new HeadstartError('bad-file', 'expected a project or folders of pictures, got neither');
  }
  return grouped('pictures', files, inFolders, (name) => /** @type {string} */ (name.split('/').at(-2)));
}

/** @param {Uint8Array} bytes */
function unzip(bytes) {
  let total = 0;
  try {
    return unzipSync(bytes, {
      filter: ({ originalSize }) => {
        total += originalSize;
        if (total > MOST_BYTES) {
          throw new HeadstartError('bad-file', 'the archive is larger than 1 GB');
        }
        return true;
      },
    });
  } catch (cause) {
    if (cause instanceof HeadstartError) {
      throw cause;
    }
    throw new HeadstartError('bad-file', `expected a zip archive: ${cause instanceof Error ? cause.message : cause}`);
  }
}

/** @param {Record<string, Uint8Array>} files @returns {Project} */
function readOwn(files) {
  const project = json(files[PROJECT_FILE], PROJECT_FILE);
  if (project.format !== PROJECT_FORMAT) {
    const isLater = typeof project.format === 'string' && project.format.startsWith('headstart-project/');
    throw new HeadstartError(isLater ? 'bad-version' : 'bad-file', `expected ${PROJECT_FORMAT}, got ${project.format}`);
  }
  if (!Array.isArray(project.classes)) {
    throw new HeadstartError('bad-file', 'expected a list of classes in the project');
  }
  const classes = project.classes.map((/** @type {any} */ entry) => {
    const paths = Array.isArray(entry?.pictures) ? entry.pictures : [];
    const pictures = paths.flatMap((/** @type {unknown} */ path) =>
      typeof path === 'string' && Object.hasOwn(files, path) ? [{ name: path, bytes: files[path] }] : [],
    );
    return { name: nameOf(entry?.name), enabled: entry?.enabled !== false, pictures };
  });
  return {
    kind: 'headstart',
    classes,
    head: headOf(project, files, classes.length),
    backbone: { name: String(project.backbone?.name ?? ''), inputSize: Number(project.backbone?.inputSize ?? 0) },
    page: project.page ?? null,
  };
}

/** @param {any} project @param {Record<string, Uint8Array>} files @param {number} classCount @returns {HeadOfProject | null} */
function headOf({ head }, files, classCount) {
  const file = files[HEAD_FILE];
  if (!head || !file || !Array.isArray(head.classes)) {
    return null;
  }
  const fits = head.classes.every(
    (/** @type {unknown} */ index) => Number.isInteger(index) && Number(index) < classCount,
  );
  if (!fits) {
    throw new HeadstartError('bad-file', 'the head names classes that the project does not have');
  }
  return {
    file,
    classes: head.classes,
    strategy: head.strategy ?? null,
    stale: head.stale === true,
    imported: head.imported === true,
  };
}

/** The class's number or name before the picture's. @param {Record<string, Uint8Array>} files @param {string[]} samples */
function readGenAi(files, samples) {
  const { labels } = json(files['metadata.json'], 'metadata.json');
  const known = Array.isArray(labels) ? labels.map(String) : [];
  return grouped('genai', files, samples, (path) => {
    const key = path.slice('samples/'.length, path.lastIndexOf('_'));
    return /^\d+$/.test(key) && known[Number(key)] !== undefined ? known[Number(key)] : key;
  });
}

/**
 * @param {Project['kind']} kind
 * @param {Record<string, Uint8Array>} files
 * @param {string[]} paths
 * @param {(path: string) => string} classOf
 * @returns {Project}
 */
function grouped(kind, files, paths, classOf) {
  /** @type {Map<string, ClassOfProject>} */
  const classes = new Map();
  const inOrder = paths.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  for (const path of paths) {
    const name = nameOf(classOf(path));
    if (!classes.has(name)) {
      classes.set(name, { name, enabled: true, pictures: [] });
    }
  }
  for (const path of inOrder) {
    classes.get(nameOf(classOf(path)))?.pictures.push({ name: path, bytes: files[path] });
  }
  return { kind, classes: [...classes.values()], head: null, backbone: { name: '', inputSize: 0 }, page: null };
}

/** @param {unknown} name */
const nameOf = (name) => (typeof name === 'string' && name.trim() !== '' ? name : '?');

/** @param {Uint8Array} bytes @param {string} name @returns {any} */
function json(bytes, name) {
  try {
    const value = JSON.parse(strFromU8(bytes));
    if (value !== null && typeof value === 'object') {
      return value;
    }
  } catch {
    // Said below.
  }
  throw new HeadstartError('bad-file', `expected JSON in ${name}`);
}

/**
 * A picture as the platform takes it. Node has no decoder of its own: PNG is read here, the rest by whom the caller names.
 * @param {{ bytes: Uint8Array }} picture
 * @param {import('../headstart-export.d.ts').ImportOptions['decodePicture']} decodePicture
 */
function pictureOf({ bytes }, decodePicture) {
  if (decodePicture) {
    return decodePicture(bytes);
  }
  if (typeof createImageBitmap !== 'function' && isPng(bytes)) {
    return readPng(bytes);
  }
  const type =
    bytes[0] === 0x89 ? 'image/png' : bytes[0] === 0x52 ? 'image/webp' : bytes[0] === 0x47 ? 'image/gif' : 'image/jpeg';
  return new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (bytes)], { type });
}

/**
 * @param {Uint8Array | ArrayBuffer} bytes
 * @param {import('../headstart.d.ts').Trainer} trainer
 * @param {import('../headstart-export.d.ts').ImportOptions} options
 */
export async function importProject(bytes, trainer, options) {
  checkLongAction(options, 'importProject');
  const { decodePicture } = options;
  const isFine = decodePicture === undefined || typeof decodePicture === 'function';
  if (!isFine) {
    throw new HeadstartError('bad-argument', 'decodePicture must be a function');
  }
  return takeProject(readProject(ownBytes(bytes, 'importProject takes the bytes of a project file')), trainer, options);
}

/**
 * Puts what was read into a trainer: new classes behind those that are there, then their pictures, then the head. Whatever
 * ends it early takes all of that away again.
 * @param {Project} project
 * @param {import('../headstart.d.ts').Trainer} trainer
 * @param {import('../headstart-export.d.ts').ImportOptions} options
 * @returns {Promise<import('../headstart-export.d.ts').ImportedProject>}
 */
async function takeProject(project, trainer, options) {
  const classIds = project.classes.map(({ name }) => trainer.addClass(name));
  try {
    const unreadable = await takePictures(project, classIds, trainer, options);
    const taken = await takeHead(project, classIds, trainer);
    const { kind, classes, page } = project;
    const sampleCount = classes.reduce((sum, { pictures }) => sum + pictures.length, 0) - unreadable.length;
    return { kind, classIds, sampleCount, ...taken, page, unreadable };
  } catch (cause) {
    if (!trainer.failed) {
      for (const classId of classIds) {
        trainer.removeClass(classId);
      }
    }
    throw cause;
  }
}

/**
 * @param {Project} project
 * @param {number[]} classIds
 * @param {import('../headstart.d.ts').Trainer} trainer
 * @param {import('../headstart-export.d.ts').ImportOptions} options
 * @returns {Promise<string[]>} the names of those that are no pictures
 */
async function takePictures({ classes }, classIds, trainer, { signal, onProgress, decodePicture }) {
  const total = classes.reduce((sum, { pictures }) => sum + pictures.length, 0);
  let done = 0;
  /** @type {string[]} */
  const unreadable = [];
  for (const [index, { pictures, enabled }] of classes.entries()) {
    for (const picture of pictures) {
      throwIfAborted(signal);
      try {
        await trainer.addSample(classIds[index], /** @type {any} */ (await pictureOf(picture, decodePicture)));
      } catch (cause) {
        if (trainer.failed || /** @type {any} */ (cause)?.code === 'out-of-memory') {
          throw cause;
        }
        unreadable.push(picture.name);
      }
      onProgress?.({ stage: 'embed', done: ++done, total });
    }
    if (!enabled) {
      trainer.setClassEnabled(classIds[index], false);
    }
  }
  return unreadable;
}

/**
 * A head of another network waits for it; one that is damaged costs no picture either: it can be trained again from them.
 * @param {Project} project
 * @param {number[]} classIds
 * @param {import('../headstart.d.ts').Trainer} trainer
 * @returns {Promise<Pick<import('../headstart-export.d.ts').ImportedProject, 'hasHead' | 'waiting'>>}
 */
async function takeHead({ head, backbone }, classIds, trainer) {
  if (!head) {
    return { hasHead: false, waiting: null };
  }
  const { file, strategy, stale, imported } = head;
  const ids = head.classes.map((index) => (index < 0 ? undefined : classIds[index]));
  const kept = { file, classIds: ids, strategy, stale, imported };
  const { name, inputSize } = backbone;
  const now = trainer.backbone;
  if ((name !== '' && name !== now.name) || (inputSize !== 0 && inputSize !== now.inputSize)) {
    return { hasHead: false, waiting: { backbone, head: kept } };
  }
  try {
    await trainer.keeping.takeUpHead(kept);
    return { hasHead: true, waiting: null };
  } catch (cause) {
    const { code } = /** @type {any} */ (cause);
    if (code === 'bad-file' || code === 'bad-version') {
      return { hasHead: false, waiting: null };
    }
    throw cause;
  }
}
