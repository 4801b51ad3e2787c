export default {
  'layers.title': 'Ce qu’il voit, couche par couche',
  'layers.about':
    'Chaque petite image montre où un des détecteurs du réseau réagit en ce moment : clair veut dire fort. Les premiers trouvent des bords et des couleurs, les derniers des parties de choses. On voit ceux qui distinguent le mieux tes classes, avec la classe pour laquelle ils réagissent le plus.',
  'layers.waiting': 'Montre quelque chose à la caméra ou enregistre une image.',
  'layers.which': 'Quel réseau',
  'layers.network': 'Réseau {number}',
  'layers.input': 'Ce qui entre',
  'layers.sees': 'Trouve {sight}',
  'layers.map': 'Où réagit le détecteur {number}',
  'layers.mapOf': 'Où réagit le détecteur {number}, le plus fort pour {name}',
  'layers.own': 'À toi : apprise de tes images',
};
