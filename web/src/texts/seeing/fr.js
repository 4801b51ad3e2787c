export default {
  'seeing.wrong': 'C’était faux',
  'seeing.itIs': 'Non, c’est {name}',
  'seeing.whatIsIt': 'Qu’est-ce que c’est vraiment ?',
  'seeing.picture': 'L’image dont parlait la réponse',
  'seeing.corrected': 'Cette image fait maintenant partie de {name}.',
  'seeing.why': 'Pourquoi ?',
  'seeing.heat': 'Clair : ce qui mène à la réponse. Sombre : ce qui ne compte pas.',
  'seeing.similar': 'Ça ressemble à celles-ci',
  'seeing.similarOne': 'Ton image la plus proche de {name} : numéro {number}',
};
