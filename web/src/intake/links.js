// Pictures dragged or pasted from another page: the only case in which this program asks another site for anything,
// and only for the very picture that the person dropped.

import { UnreadableError } from './unreadable.js';

/** @typedef {import('./collect.js').IntakeItem} IntakeItem */

const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The addresses of pictures in a drop that brought no files.
 *
 * @param {DataTransfer} transfer
 * @returns {IntakeItem[]}
 */
export function linksOf(transfer) {
  // A page that is parsed like this is never shown, runs nothing and loads nothing.
  const page = new DOMParser().parseFromString(transfer.getData('text/html'), 'text/html');
  let links = Array.from(page.images)
    .filter(isShown)
    .map((image) => image.getAttribute('src') ?? '');
  if (links.length === 0) {
    const lines = transfer.getData('text/uri-list').split(/\r?\n/);
    links = lines.filter((line) => line && !line.startsWith('#')); // RFC 2483: comments
  }
  return [...new Set(links)]
    .filter((link) => /^(https?:|data:image\/)/i.test(link))
    .map((link) => ({ className: null, name: nameOf(link), file: null, link }));
}

const HIDING_STYLE =
  /(^|;)\s*(display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0?\.?0*\s*(;|$|!)|(width|height)\s*:\s*[01](px)?\s*(;|$|!))/i;

/** Hidden by itself or with what is around it, a picture is none that a person dragged here. @param {HTMLImageElement} image */
function isShown(image) {
  const isDot = [image.getAttribute('width'), image.getAttribute('height')].some((side) =>
    /^[01](px)?$/.test(side ?? ''),
  );
  /** @type {HTMLElement | null} */
  let element = image;
  for (; element; element = element.parentElement) {
    // As text: where a policy forbids style attributes a browser does not read them.
    if (element.hidden || HIDING_STYLE.test(element.getAttribute('style') ?? '')) {
      return false;
    }
  }
  return !isDot;
}

/** The sites that links lead to, each once. @param {readonly IntakeItem[]} items */
export function sitesOf(items) {
  return [...new Set(items.flatMap(({ link }) => (link && /^http/i.test(link) ? [new URL(link).hostname] : [])))];
}

/**
 * Gets one linked picture, without cookies and without telling where from.
 *
 * @param {string} link
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 */
export async function fetchLinkedPicture(link, signal) {
  if (/^data:/i.test(link)) {
    return blobOfDataUrl(link);
  }
  /** @type {Response} */
  let response;
  try {
    response = await fetch(link, {
      mode: 'cors',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal,
    });
  } catch (error) {
    // Browsers do not tell apart a site that forbids reading and one that is not there.
    const reason = navigator.onLine ? 'other-site' : 'offline';
    throw new UnreadableError(reason, error instanceof Error ? error.message : '');
  }
  if (!response.ok || !response.body) {
    throw new UnreadableError('other-site', `HTTP ${response.status}`);
  }
  return new Blob(await readAtMost(response.body, MOST_BYTES));
}

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {number} byteLimit
 */
async function readAtMost(stream, byteLimit) {
  /** @type {BlobPart[]} */
  const parts = [];
  const reader = stream.getReader();
  let byteCount = 0;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) {
      return parts;
    }
    byteCount += value.byteLength;
    if (byteCount > byteLimit) {
      await reader.cancel();
      throw new UnreadableError('too-large', `more than ${byteLimit} bytes`);
    }
    parts.push(/** @type {BlobPart} */ (value));
  }
}

/** By hand: a strict page may not fetch, not even from itself. @param {string} link */
function blobOfDataUrl(link) {
  try {
    const [head, body] = [link.slice(0, link.indexOf(',')), link.slice(link.indexOf(',') + 1)];
    const text = /;base64$/i.test(head) ? atob(body) : decodeURIComponent(body);
    return new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))]);
  } catch {
    throw new UnreadableError('broken', 'data address');
  }
}

/** @param {string} link */
function nameOf(link) {
  if (/^data:/i.test(link)) {
    return `${link.slice(0, 24)}…`;
  }
  const { hostname, pathname } = new URL(link);
  const last = pathname.split('/').filter(Boolean).at(-1);
  try {
    return decodeURIComponent(last ?? hostname);
  } catch {
    return last ?? hostname;
  }
}
