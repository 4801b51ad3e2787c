export default {
  'better.record': 'Enregistrer plus de {name}',
  'better.measure': 'Chercher une meilleure façon d’apprendre',
  'better.running': 'Essai d’autres façons…',
  'better.way': '{name} : environ {after} sur 20 au lieu de {before}, mesuré.',
  'better.use': 'Apprendre ainsi',
  'better.look': 'Voir les images',
  'better.before': 'Avant : environ {right} sur 20.',
  'better.idle': 'D’autres façons d’apprendre sont essayées pendant que rien ne se passe…',
  'better.follows': 'La prochaine fois, il apprendra ainsi, car c’était mieux avec tes images : {name}',
  'better.followed': 'Il apprend ainsi maintenant, car c’était mieux avec tes images : {name}',
  'better.goBack': 'Apprendre comme avant',
};
