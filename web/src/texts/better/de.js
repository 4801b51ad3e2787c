export default {
  'better.record': 'Mehr von {name} aufnehmen',
  'better.measure': 'Besseren Weg zum Lernen suchen',
  'better.running': 'Andere Wege werden probiert…',
  'better.way': '{name}: gemessen etwa {after} von 20 statt {before}.',
  'better.use': 'So lernen',
  'better.look': 'Bilder ansehen',
  'better.before': 'Vorher: etwa {right} von 20.',
  'better.idle': 'Andere Wege zum Lernen werden probiert, während nichts geschieht …',
  'better.follows': 'Beim nächsten Mal lernt es so, denn das war bei deinen Bildern besser: {name}',
  'better.followed': 'Es lernt jetzt so, denn das war bei deinen Bildern besser: {name}',
  'better.goBack': 'Wie vorher lernen',
};
