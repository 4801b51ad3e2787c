export default {
  'oneFile.privacy': 'Les images restent sur cet appareil.',
  'oneFile.loading': 'Chargement…',
  'oneFile.hint': 'Allume la caméra ou choisis une image.',
  'oneFile.cameraOn': 'Allumer la caméra',
  'oneFile.cameraOff': 'Éteindre la caméra',
  'oneFile.choose': 'Choisir une image',
  'oneFile.notSure': 'Pas sûr',
  'oneFile.none': 'Aucun de ceux-ci',
  'oneFile.noCamera': 'La caméra ne peut pas servir. Autorise-la dans le navigateur ou choisis une image.',
  'oneFile.noPicture': 'Ce fichier ne peut pas être lu comme une image.',
  'oneFile.noEngine': 'Cela ne marche pas ici. Prends un Chrome, Edge, Firefox ou Safari récent.',
};
