// The words of what lies behind "Look inside the network": they come when somebody looks.

/** @type {import('../texts.js').Loaders} */
export const NETWORK_TEXTS = {
  en: () => import('./en.js'),
  de: () => import('./de.js'),
  es: () => import('./es.js'),
  fr: () => import('./fr.js'),
  tr: () => import('./tr.js'),
  ja: () => import('./ja.js'),
  ar: () => import('./ar.js'),
};
