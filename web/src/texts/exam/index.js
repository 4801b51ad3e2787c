// The words of the exam: they come when somebody wants it.

/** @type {import('../texts.js').Loaders} */
export const EXAM_TEXTS = {
  en: () => import('./en.js'),
  de: () => import('./de.js'),
  es: () => import('./es.js'),
  fr: () => import('./fr.js'),
  tr: () => import('./tr.js'),
  ja: () => import('./ja.js'),
  ar: () => import('./ar.js'),
};
