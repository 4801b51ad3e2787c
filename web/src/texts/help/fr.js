export default {
  'keys.title': 'Clavier',
  'keys.hold': 'Sur un bouton d’enregistrement : maintenir pour enregistrer',
  'keys.digits': 'Maintenir pour enregistrer la classe 1 à 9, de partout',
  'keys.add': 'Ajouter une classe',
  'keys.train': 'Apprendre',
  'keys.pause': 'Mettre la réponse en pause',
  'keys.mirror': 'Caméra en miroir',
  'keys.undo': 'Annuler ; avec Maj : rétablir',
  'keys.paste': 'Coller une image dans la classe active',
  'keys.arrows': 'Aller d’image en image',
  'keys.range': 'Choisir une suite d’images',
  'keys.delete': 'Supprimer l’image active',
  'keys.help': 'Cette carte',
  'about.what':
    'Montre à la caméra deux choses ou plus, et cette page apprend à les distinguer : un réseau entraîné décrit chaque image, et une petite partie nouvelle apprend de tes exemples.',
  'about.engine': 'Moteur',
  'about.threads': { one: '{count} fil', other: '{count} fils' },
  'about.pictures': 'Images',
  'about.pictureMemory': 'Mémoire des images',
  'about.engineMemory': 'Mémoire du moteur',
  'lesson.title': 'Comment ça marche, en images',
  'lesson.stays':
    'Il a vu beaucoup d’images avant ton arrivée. Il connaît donc les bords, les couleurs et les formes. Cette partie reste comme elle est.',
  'lesson.learns':
    'Seule une petite partie nouvelle, à la fin, apprend. Tu lui montres quelle image va où, et il apprend de cela.',
  'lesson.varied':
    'Dix fois la même image ne lui apprend qu’une seule chose. Tourne-la, approche-toi, change la lumière et le lieu.',
  'lesson.background':
    'Ta tasse est-elle toujours sur la même table ? Alors il apprend peut-être la table. Montre tout aux mêmes endroits.',
  'cards.title': 'Cartes pour la classe',
  'cards.print': 'Imprimer les cartes',
  'cards.found': 'Ce que nous avons découvert :',
  'cards.game': 'Pierre, feuille, ciseaux',
  'cards.game.about': 'Apprends-lui trois signes de la main. Puis jouez : c’est lui l’arbitre.',
  'cards.things': 'Trois choses',
  'cards.things.about':
    'Choisis trois choses de ton sac. Montre-les de tous les côtés. Lesquelles confond-il, et pourquoi ?',
  'cards.faces': 'Visages',
  'cards.faces.about':
    'Content, surpris, fatigué : les reconnaît-il ? Est-ce que ça marche aussi avec quelqu’un d’autre ?',
  'cards.sort': 'Machine à trier',
  'cards.sort.about': 'Papier, plastique ou verre ? Fais-lui dire à voix haute où va chaque chose.',
  'cards.trick': 'Trompe-le',
  'cards.trick.about': 'Trouve une image où il se trompe. Appuie sur « Pourquoi ? » et vois où il regarde.',
  'cards.day': 'Un autre jour',
  'cards.day.about': 'Fais l’examen dans une autre pièce ou un autre jour. Est-il aussi bon que promis ?',
};
