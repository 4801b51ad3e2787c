export default {
  'backbone.about':
    'Le réseau déjà entraîné qui regarde chaque image. En changer fait regarder toutes tes images à nouveau ; aucune n’est perdue.',
  'backbone.builtIn': 'Intégré',
  'backbone.builtInSmall': 'Intégré, pour les petites cartes',
  'backbone.pixels': '{size} × {size} px',
  'backbone.cost': '{count} millions de multiplications',
  'backbone.perPicture': 'par image sur cet appareil',
  'backbone.missing': 'Absent de ce serveur',
  'backbone.measure': 'Mesurer la vitesse ici',
  'backbone.measuring': 'Mesure…',
  'backbone.changing': 'Regarde les images : {done} sur {total}',
  'networks.fast': 'Rapide : deux petits réseaux regardent ensemble',
  'networks.balanced': 'Équilibré : un petit et un grand réseau regardent ensemble',
  'networks.best': 'Le meilleur : trois réseaux regardent ensemble',
  'networks.picks':
    'Laisser la page choisir : le meilleur qui regarde encore en direct ici, 15 images par seconde ou plus',
  'networks.none':
    'Il existe des réseaux qui ont raison plus souvent. Ils ne sont pas sur ce serveur : qui s’en occupe les apporte avec « npm run backbones » sur un ordinateur relié à internet. D’ici là, c’est le réseau intégré qui regarde.',
  'networks.inUse': 'En service : {name}',
  'networks.better': 'Un meilleur réseau est là : {name}. Tes images restent ; il les regarde à nouveau.',
  'networks.use': 'Le prendre',
  'networks.slow': 'Ce réseau est un peu lent ici.',
  'networks.quicker': 'En prendre un plus rapide',
  'networks.own': 'Prendre un réseau à toi',
  'networks.bytes':
    'Calculer avec des nombres plus simples : ce réseau est alors plus rapide sur beaucoup d’appareils, et se trompe peut-être plus souvent',
  'networks.ownAbout':
    'Un fichier .tflite pour images, ou deux à quatre fichiers qui regardent ensemble. Tu peux aussi les déposer sur la page.',
  'networks.pixels': 'Ce fichier ne dit pas comment il veut ses couleurs. Que valent le noir et le blanc pour lui ?',
  'networks.pixels.usual': '−1 et 1 (la plupart)',
  'networks.pixels.unit': '0 et 1',
  'networks.pixels.byte': '0 et 255',
  'networks.live': 'en direct ici',
  'networks.notLive': 'trop lent ici pour le direct',
};
