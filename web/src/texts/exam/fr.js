export default {
  'exam.title': 'Examen',
  'exam.about':
    'Prends ici de nouvelles images, de préférence un autre jour ou ailleurs. On l’interroge dessus, il n’en apprend jamais rien.',
  'exam.empty': 'Pas encore d’images d’examen.',
  'exam.right': '{right} sur {count} justes',
  'exam.promised': 'Voilà ce qu’il vaut sur de nouvelles images. Avec les siennes, il promettait {part}.',
  'exam.unknown': {
    one: '{count} image a été appelée « Rien de tout cela ».',
    other: '{count} images ont été appelées « Rien de tout cela ».',
  },
  'exam.waiting': 'Image d’examen {number} : pas encore demandée',
  'exam.tileRight': 'Image d’examen {number} : {name}, juste',
  'exam.tileWrong': 'Image d’examen {number} : appelée {name}, faux',
  'exam.remove': 'Retirer l’image d’examen {number}',
  'exam.word.remove': 'Retirer',
  'exam.record': 'En prendre 10',
  'exam.recordOf': 'Prendre 10 images d’examen de {name}',
  'exam.files': 'Choisir des fichiers',
  'exam.filesOf': 'Choisir des images d’examen de {name}',
  'exam.clear': 'Retirer toutes les images d’examen',
  'exam.unreadable': {
    one: '{count} fichier n’a pas pu être lu : {names}',
    other: '{count} fichiers n’ont pas pu être lus : {names}',
  },
};
