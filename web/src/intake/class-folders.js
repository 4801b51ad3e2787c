/**
 * Which class a file belongs to, judged by the folders it lies in.
 */

/** Folders that split a data set, not classes. */
const SPLIT_FOLDER = /^(train|training|test|testing|val|valid|validation)$/i;
/** What systems leave behind in folders and archives; nobody wants to read about these. */
const JUNK = /^(\..*|__MACOSX|Thumbs\.db|desktop\.ini|ehthumbs\.db)$/i;
const LONGEST_CLASS_NAME = 80;
/** Teachable Machine's project files keep the class in the file's name: `label-!-0.jpg`. */
const TEACHABLE_MACHINE_NAME = /^(.+)-!-\d+\.\w+$/;

/**
 * Whether a file is something that a person put there.
 *
 * @param {string} path
 */
export function isWanted(path) {
  return !path.split('/').some((part) => JUNK.test(part));
}

/**
 * The class of every file: the outermost folder that tells files apart.
 *
 * A folder of class folders (however deep the folder itself lies), several class folders, and one folder of pictures
 * all mean what they look like; files in no folder, or beside the class folders, belong to no class.
 *
 * @param {string[]} paths Relative, parts separated by `/`.
 * @returns {(string | null)[]}
 */
export function classNamesOf(paths) {
  let parts = paths.map((path) => path.split('/').filter(Boolean));
  while (sharesOuterFolder(parts) && mostLieDeeper(parts)) {
    parts = parts.map((each) => each.slice(1));
  }
  return parts.map((each) => {
    const name = each.at(-1) ?? '';
    const folders = each.slice(0, -1);
    const fromName = TEACHABLE_MACHINE_NAME.exec(name)?.[1];
    const isSplit = folders.length > 1 && SPLIT_FOLDER.test(folders[0]);
    return cleanClassName(fromName ?? folders[isSplit ? 1 : 0] ?? '') || null;
  });
}

/**
 * A name to show and to keep: no control or direction-changing characters, no endless length.
 *
 * @param {string} name
 */
export function cleanClassName(name) {
  const visible = name.replace(/[\p{Cc}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu, '').normalize('NFC');
  return [...visible.trim()].slice(0, LONGEST_CLASS_NAME).join('');
}

/** @param {string[][]} parts */
function sharesOuterFolder(parts) {
  return parts.length > 0 && parts.every((each) => each.length > 1 && each[0] === parts[0][0]);
}

/** @param {string[][]} parts */
function mostLieDeeper(parts) {
  return 2 * parts.filter((each) => each.length > 2).length >= parts.length;
}
