export default {
  'layers.title': 'Was es sieht, Schicht für Schicht',
  'layers.about':
    'Jedes kleine Bild zeigt, wo einer der Detektoren des Netzes gerade anspringt: hell ist stark. Die frühen finden Kanten und Farben, die späten Teile von Dingen. Zu sehen sind die, die deine Klassen am besten unterscheiden, mit der Klasse, bei deren Bildern sie am stärksten anspringen.',
  'layers.waiting': 'Zeige der Kamera etwas oder nimm ein Bild auf.',
  'layers.which': 'Welches Netz',
  'layers.network': 'Netz {number}',
  'layers.input': 'Was hineingeht',
  'layers.sees': 'Findet {sight}',
  'layers.map': 'Wo Detektor {number} anspringt',
  'layers.mapOf': 'Wo Detektor {number} anspringt, am stärksten bei {name}',
  'layers.own': 'Deine: aus deinen Bildern gelernt',
};
