export default {
  'better.record': 'Mehr von {name} aufnehmen',
  'better.measure': 'Besseren Weg zum Lernen suchen',
  'better.running': 'Andere Wege werden probiert…',
  'better.way': '{name}: gemessen etwa {after} von 20 statt {before}.',
  'better.use': 'So lernen',
  'better.look': 'Bilder ansehen',
  'better.before': 'Vorher: etwa {right} von 20.',
};
