// From files to the list of what is in them: archives are opened, their classes known, nothing of the pictures read yet.

import { classesInArchive } from './class-folders.js';
import { openFilm } from './film.js';
import { fetchLinkedPicture } from './links.js';
import { kindOf } from './picture-kind.js';
import { UnreadableError } from './unreadable.js';
import { openZip } from './zip-reader.js';

/** @typedef {import('./collect.js').IntakeItem} IntakeItem */
/** @typedef {{ name: string, reason: import('./unreadable.js').UnreadableReason, detail: string }} Unreadable */
/**
 * A picture that is still bytes somewhere: in a file, a film, an archive, or on another site.
 *
 * @typedef {object} Source
 * @property {string | null} className
 * @property {string} name
 * @property {(signal?: AbortSignal) => Promise<import('./decode-worker.js').Content | ImageBitmap | null>} open A frame of
 *   a film is decoded already; null where it was told before why there is none.
 */
/**
 * An archive that does not say how its names are written, and what its classes would be called if it were otherwise.
 *
 * @typedef {object} Archive
 * @property {string} name
 * @property {string[]} codePages The one that was taken first.
 * @property {(codePage: string) => Map<string, string>} renamed From the class names as they were taken.
 */
/** @typedef {{ sources: Source[], unreadable: Unreadable[], archives: Archive[], archiveClassCount: number }} Listed */

/** Zips that are no archives of pictures, whatever lies in them. */
const DOCUMENT = /\.(docx|xlsx|pptx|odt|ods|odp|epub|jar|apk|kmz|vsix|whl)$/i;

/**
 * @param {readonly IntakeItem[]} items
 * @returns {Promise<Listed>}
 */
export async function listPictures(items) {
  /** @type {Listed} */
  const listed = { sources: [], unreadable: [], archives: [], archiveClassCount: 0 };
  for (const { className, name, file, link } of items) {
    if (link) {
      listed.sources.push({ className, name, open: (signal) => fetchLinkedPicture(link, signal) });
      continue;
    }
    if (!file) {
      continue;
    }
    const kind = await kindOfFile(file);
    if (kind === 'zip') {
      await listArchive(file, className, listed);
    } else if (kind === 'film') {
      await listFilm(file, className, listed);
    } else {
      listed.sources.push({ className, name, open: async () => file });
    }
  }
  return listed;
}

/**
 * By its name and type, or, where these say nothing, by its first bytes.
 *
 * @param {File} file
 * @returns {Promise<'zip' | 'film' | 'other'>}
 */
async function kindOfFile(file) {
  if (/\.(zip|tm)$/i.test(file.name)) {
    return 'zip';
  }
  if (file.type.startsWith('video/')) {
    return 'film';
  }
  if (file.type.startsWith('image/') || DOCUMENT.test(file.name)) {
    return 'other';
  }
  const start = await file
    .slice(0, 64)
    .arrayBuffer()
    .catch(() => new ArrayBuffer(0));
  const kind = kindOf(new Uint8Array(start));
  return kind === 'zip' || kind === 'film' ? kind : 'other';
}

/**
 * @param {File} file
 * @param {string | null} className
 * @param {Listed} listed
 */
async function listFilm(file, className, listed) {
  try {
    const { times, frameAt } = await openFilm(file);
    for (const time of times) {
      listed.sources.push({ className, name: `${file.name} ${time.toFixed(1)} s`, open: () => frameAt(time) });
    }
  } catch (error) {
    listed.unreadable.push(unreadableOf(file.name, error));
  }
}

/**
 * @param {File} file
 * @param {string | null} outerClassName
 * @param {Listed} listed
 */
async function listArchive(file, outerClassName, listed) {
  try {
    const { entries, codePages } = await openZip(file);
    const classes = classesInArchive(entries.map(({ path }) => path));
    for (const { index, className } of classes) {
      const { path, find } = entries[index];
      const name = path.split('/').at(-1) ?? path;
      listed.sources.push({ className: className ?? outerClassName, name, open: find });
    }
    listed.archiveClassCount += new Set(classes.map(({ className }) => className).filter(Boolean)).size;
    if (codePages.length > 1) {
      listed.archives.push({
        name: file.name,
        codePages,
        renamed: (codePage) => renamedIn(entries, classes, codePage),
      });
    }
  } catch (error) {
    listed.unreadable.push(unreadableOf(file.name, error));
  }
}

/**
 * @param {import('./zip-reader.js').ZipEntry[]} entries
 * @param {ReturnType<typeof classesInArchive>} taken
 * @param {string} codePage
 */
function renamedIn(entries, taken, codePage) {
  const others = new Map(
    classesInArchive(entries.map(({ pathIn }) => pathIn(codePage))).map(({ index, className }) => [index, className]),
  );
  /** @type {Map<string, string>} */
  const names = new Map();
  for (const { index, className } of taken) {
    const other = others.get(index);
    if (className && other) {
      names.set(className, other);
    }
  }
  return names;
}

/**
 * @param {string} name
 * @param {unknown} error
 * @returns {Unreadable}
 */
export function unreadableOf(name, error) {
  if (error instanceof UnreadableError) {
    return { name, reason: error.reason, detail: error.message };
  }
  // A file that was moved or deleted since, or a folder that may not be read.
  return { name, reason: 'broken', detail: error instanceof Error ? error.message : String(error) };
}
