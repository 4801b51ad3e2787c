// Hands bytes to the person as a file.

/** Safari starts a download some time after the click; the address has to live until then. */
const KEEP_ADDRESS_MS = 60_000;

/**
 * Saves bytes under a name, into the browser's folder for downloads.
 *
 * @param {Uint8Array | ArrayBuffer | Blob} bytes
 * @param {string} fileName
 * @param {string} [type]
 */
export function download(bytes, fileName, type = 'application/octet-stream') {
  const blob = bytes instanceof Blob ? bytes : new Blob([/** @type {BlobPart} */ (bytes)], { type });
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.hidden = true;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_ADDRESS_MS);
}
