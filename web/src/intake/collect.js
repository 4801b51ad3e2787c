// What a person dropped, pasted or chosen: a list of files and links, nothing of it read yet.

import { classNamesOf, isWanted } from './class-folders.js';
import { linksOf } from './links.js';

/**
 * @typedef {object} IntakeItem
 * @property {string | null} className The folder's name; null where the person's choice of card decides.
 * @property {string} name
 * @property {File | null} file Null for a picture dragged here from another page: then `link` is its address.
 * @property {string} [link]
 */
/** @typedef {{ path: string, file: File }} FoundFile */

/** A folder with more files than this is a mistake (a whole disk), or wants another tool. */
const MOST_FILES = 50_000;

/**
 * Lists what was dropped, pasted or chosen, without reading or fetching any of it. Call it in the event's own turn: a
 * browser forgets a drop's content afterwards.
 *
 * @param {DataTransfer | FileList | File[] | ClipboardEvent} source
 * @returns {Promise<IntakeItem[]>}
 */
export async function collectFiles(source) {
  const transfer = source instanceof ClipboardEvent ? source.clipboardData : source;
  if (!transfer) {
    return [];
  }
  if (!(transfer instanceof DataTransfer)) {
    return itemsOf(Array.from(transfer, (file) => ({ path: file.webkitRelativePath || file.name, file })));
  }
  // All of this has to happen before the first await.
  const entries = Array.from(transfer.items)
    .filter((item) => item.kind === 'file')
    .map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));
  const links = entries.length === 0 ? linksOf(transfer) : [];
  /** @type {FoundFile[]} */
  const found = [];
  for (const { entry, file } of entries) {
    if (entry?.isDirectory) {
      await walk(/** @type {FileSystemDirectoryEntry} */ (entry), found);
    } else if (file) {
      found.push({ path: file.name, file });
    }
  }
  return [...itemsOf(found), ...links];
}

/**
 * @param {FoundFile[]} found
 * @returns {IntakeItem[]}
 */
function itemsOf(found) {
  const wanted = found.filter(({ path }) => isWanted(path));
  const classNames = classNamesOf(wanted.map(({ path }) => path));
  return wanted.map(({ file }, index) => ({
    className: classNames[index],
    name: file.name,
    file,
  }));
}

/**
 * @param {FileSystemDirectoryEntry} folder
 * @param {FoundFile[]} found
 */
async function walk(folder, found) {
  const reader = folder.createReader();
  while (found.length < MOST_FILES) {
    /** @type {FileSystemEntry[]} */
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) {
      return; // browsers hand out about a hundred at a time, and an empty list at the end
    }
    for (const entry of entries) {
      if (entry.isDirectory) {
        await walk(/** @type {FileSystemDirectoryEntry} */ (entry), found);
      } else {
        const file = await new Promise((resolve, reject) =>
          /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject),
        );
        found.push({ path: entry.fullPath, file });
      }
    }
  }
}
