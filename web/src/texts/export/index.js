// The words of "Use it elsewhere": they come when somebody wants them.

/** @type {import('../texts.js').Loaders} */
export const EXPORT_TEXTS = {
  en: () => import('./en.js'),
  de: () => import('./de.js'),
  es: () => import('./es.js'),
  fr: () => import('./fr.js'),
  tr: () => import('./tr.js'),
  ja: () => import('./ja.js'),
  ar: () => import('./ar.js'),
};
