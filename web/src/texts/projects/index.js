// The words of projects, of what lies on disk, and of updates: they come behind the first paint.

/** @type {import('../texts.js').Loaders} */
export const PROJECT_TEXTS = {
  en: () => import('./en.js'),
  de: () => import('./de.js'),
  es: () => import('./es.js'),
  fr: () => import('./fr.js'),
  tr: () => import('./tr.js'),
  ja: () => import('./ja.js'),
  ar: () => import('./ar.js'),
};
