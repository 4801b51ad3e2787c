// Names of classes as names of folders and files that every system accepts.

/** What Windows, the strictest, forbids anywhere in a name, and what could hide or reverse one. */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}\p{Cs}\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;
/** Most systems allow 255 bytes; room is left for a number and an extension. */
const MOST_BYTES = 200;

/**
 * @param {string} name
 * @param {string} fallback For a name of which nothing remains.
 */
function safeFileName(name, fallback) {
  let safe = name.normalize('NFC').replace(FORBIDDEN, '_').trim();
  while (new TextEncoder().encode(safe).length > MOST_BYTES) {
    safe = [...safe].slice(0, -1).join('');
  }
  // A leading dot hides a folder; Windows drops dots and spaces at the end.
  safe = safe.replace(/^\.+/, '').replace(/[. ]+$/, '');
  if (safe === '') {
    return fallback;
  }
  return RESERVED.test(safe) ? `_${safe}` : safe;
}

/**
 * A folder name for every class, each different, also for systems that do not tell upper from lower case.
 *
 * @param {readonly string[]} classNames
 */
export function folderNamesOf(classNames) {
  const taken = new Set();
  return classNames.map((className, index) => {
    const wanted = safeFileName(className, `class ${index + 1}`);
    let name = wanted;
    for (let number = 2; taken.has(name.toLowerCase()); number += 1) {
      name = `${wanted} (${number})`;
    }
    taken.add(name.toLowerCase());
    return name;
  });
}
