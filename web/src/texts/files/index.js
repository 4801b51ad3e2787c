// The words about files that come in, in every language.

/** @type {import('../texts.js').Loaders} */
export const FILES_TEXTS = {
  en: () => import('./en.js'),
  de: () => import('./de.js'),
  es: () => import('./es.js'),
  fr: () => import('./fr.js'),
  tr: () => import('./tr.js'),
  ja: () => import('./ja.js'),
  ar: () => import('./ar.js'),
};
