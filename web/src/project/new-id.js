/** An identity that nobody else has. (`crypto.randomUUID` is for https pages only.) */
export function newId() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
