// Everything that comes in as a file: dropped, pasted or chosen, single, in folders, in archives, or linked.
//
// First `collectFiles` lists at once what there is, then `readPictures` decodes one after the other, so that hundreds of
// large pictures need the memory of two.

export { collectFiles } from './collect.js';
export { prepareDecoder } from './decoder.js';
export { sitesOf } from './links.js';
export { listPictures } from './list-pictures.js';
export { readPictures, readSources } from './read-pictures.js';
