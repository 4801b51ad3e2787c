// The words of the windows with settings, and of heads: they come with the first of these windows.

/** @type {import('../texts.js').Loaders} */
export const SETTINGS_TEXTS = {
  en: () => import('./en.js'),
  de: () => import('./de.js'),
  es: () => import('./es.js'),
  fr: () => import('./fr.js'),
  tr: () => import('./tr.js'),
  ja: () => import('./ja.js'),
  ar: () => import('./ar.js'),
};
