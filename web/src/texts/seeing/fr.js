export default {
  'seeing.wrong': 'C’était faux',
  'seeing.itIs': 'Non, c’est {name}',
  'seeing.whatIsIt': 'Qu’est-ce que c’est vraiment ?',
  'seeing.picture': 'L’image dont parlait la réponse',
  'seeing.corrected': 'Cette image fait maintenant partie de {name}.',
};
