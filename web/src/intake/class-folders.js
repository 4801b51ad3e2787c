// Which class a file belongs to, judged by the folders it lies in.

/** Folders that split a data set, not classes. */
const SPLIT_FOLDER = /^(train|training|test|testing|val|valid|validation)$/i;
/** What systems leave behind in folders and archives; nobody wants to read about these. */
const JUNK = /^(\..*|__MACOSX|Thumbs\.db|desktop\.ini|ehthumbs\.db)$/i;
const LONGEST_CLASS_NAME = 80;
/** Teachable Machine's project files keep the class in the file's name: `label-!-0.jpg`. The label may have slashes. */
const TEACHABLE_MACHINE_NAME = /^(.+)-!-\d+\.\w+$/;
/** GenAI-FI's project files do so too, in one folder: `samples/label_0.png`. */
const GENAI_NAME = /^samples\/(.+)_\d+\.\w+$/;
/** What only projects have beside their pictures. */
const PROJECT_FILES = /^(manifest|metadata|model|behaviours|settings)\.json$|^weights\.bin$/;

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
  const raw = parts.map((each) => {
    const name = each.at(-1) ?? '';
    const folders = each.slice(0, -1);
    const fromName = TEACHABLE_MACHINE_NAME.exec(name)?.[1];
    const isSplit = folders.length > 1 && SPLIT_FOLDER.test(folders[0]);
    return fromName ?? folders[isSplit ? 1 : 0] ?? null;
  });
  return distinctNames(raw);
}

/**
 * The pictures of an archive and their classes: a project's by the names of its files, else by folders. Distinct names
 * stay distinct classes.
 *
 * @param {string[]} paths
 * @returns {{ index: number, className: string | null }[]} `index` among the paths; what no person put there is left out.
 */
export function classesInArchive(paths) {
  const projectName = [TEACHABLE_MACHINE_NAME, GENAI_NAME].find((pattern) => isProject(paths, pattern));
  const wanted = paths.flatMap((path, index) => {
    const fromName = projectName?.exec(path)?.[1] ?? null;
    const isOfProject = projectName !== undefined && PROJECT_FILES.test(path);
    return fromName !== null || (isWanted(path) && !isOfProject) ? [{ path, index, fromName }] : [];
  });
  const byFolder = classNamesOf(wanted.map(({ path }) => path));
  const raw = wanted.map(({ fromName }, at) => (projectName ? fromName : byFolder[at]));
  const shown = distinctNames(raw);
  return wanted.map(({ index }, at) => ({ index, className: shown[at] }));
}

/** Whether all pictures of an archive are named in this way. @param {string[]} paths @param {RegExp} pattern */
function isProject(paths, pattern) {
  const named = paths.filter((path) => pattern.test(path)).length;
  const others = paths.filter((path) => !pattern.test(path) && isWanted(path) && !PROJECT_FILES.test(path));
  return named > 0 && others.length === 0;
}

/**
 * Names to show: cleaned, and names that differed before still differ.
 *
 * @param {(string | null)[]} raw
 * @returns {(string | null)[]}
 */
function distinctNames(raw) {
  /** @type {Map<string, string>} */
  const shown = new Map();
  const taken = new Set();
  for (const name of raw) {
    if (name === null || shown.has(name)) {
      continue;
    }
    const clean = cleanClassName(name) || '?';
    let free = clean;
    for (let number = 2; taken.has(free); number += 1) {
      const suffix = ` (${number})`;
      free = [...clean].slice(0, LONGEST_CLASS_NAME - suffix.length).join('') + suffix;
    }
    taken.add(free);
    shown.set(name, free);
  }
  return raw.map((name) => (name === null ? null : (shown.get(name) ?? null)));
}

/**
 * A name to show and to keep: no control or direction-changing characters, no endless length.
 *
 * @param {string} name
 */
function cleanClassName(name) {
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
