// An address under which an image element shows a picture. It lasts as long as the page: few pictures are chosen so.

/** @type {WeakMap<Blob, string>} */
const addresses = new WeakMap();

/** @param {Blob} picture */
export function addressOf(picture) {
  const address = addresses.get(picture) ?? URL.createObjectURL(picture);
  addresses.set(picture, address);
  return address;
}
