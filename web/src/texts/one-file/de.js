export default {
  'oneFile.privacy': 'Bilder bleiben auf diesem Gerät.',
  'oneFile.loading': 'Wird geladen …',
  'oneFile.hint': 'Schalte die Kamera ein oder wähle ein Bild.',
  'oneFile.cameraOn': 'Kamera an',
  'oneFile.cameraOff': 'Kamera aus',
  'oneFile.choose': 'Bild wählen',
  'oneFile.notSure': 'Nicht sicher',
  'oneFile.none': 'Keins davon',
  'oneFile.noCamera': 'Die Kamera geht nicht. Erlaube sie im Browser oder wähle ein Bild.',
  'oneFile.noPicture': 'Diese Datei ist kein lesbares Bild.',
  'oneFile.noEngine': 'Hier läuft das nicht. Nimm ein aktuelles Chrome, Edge, Firefox oder Safari.',
};
