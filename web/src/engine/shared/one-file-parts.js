// What lies in the one file that runs anywhere, by the elements' names: its writer and its reader agree here.

export const PARTS = {
  settings: 'part-settings',
  worker: 'part-worker',
  glue: 'part-glue',
  wasm: 'part-wasm',
  backbone: 'part-backbone',
  head: 'part-head',
};

/** Where the writer puts its parts in. */
export const PARTS_PLACE = '<!--one-file:parts-->';
