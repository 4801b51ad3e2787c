export default {
  'better.record': 'Enregistrer plus de {name}',
  'better.measure': 'Chercher une meilleure façon d’apprendre',
  'better.running': 'Essai d’autres façons…',
  'better.way': '{name} : environ {after} sur 20 au lieu de {before}, mesuré.',
  'better.use': 'Apprendre ainsi',
  'better.look': 'Voir les images',
  'better.before': 'Avant : environ {right} sur 20.',
};
