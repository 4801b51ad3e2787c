// How far back a person can go.

/** Removals that can be undone: what the engine keeps, and as many steps as the page offers. */
export const MOST_REMOVALS = 20;
