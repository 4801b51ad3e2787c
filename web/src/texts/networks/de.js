export default {
  'backbone.about':
    'Das fertig gelernte Netz, das jedes Bild ansieht. Nach einem Wechsel sieht es alle Bilder neu an; keines geht verloren.',
  'backbone.builtIn': 'Eingebaut',
  'backbone.builtInSmall': 'Eingebaut, für kleine Platinen',
  'backbone.pixels': '{size} × {size} px',
  'backbone.cost': '{count} Millionen Multiplikationen',
  'backbone.perPicture': 'je Bild auf diesem Gerät',
  'backbone.missing': 'Nicht auf diesem Server',
  'backbone.measure': 'Geschwindigkeit hier messen',
  'backbone.measuring': 'Misst …',
  'backbone.changing': 'Sieht Bilder an: {done} von {total}',
  'networks.fast': 'Schnell: zwei kleine Netze sehen zusammen hin',
  'networks.balanced': 'Ausgewogen: ein kleines und ein großes Netz sehen zusammen hin',
  'networks.best': 'Am besten: drei Netze sehen zusammen hin',
  'networks.picks':
    'Die Seite wählen lassen: das beste, das hier noch live zusieht, mit 15 Bildern pro Sekunde oder mehr',
  'networks.none':
    'Es gibt Netze, die öfter richtig liegen. Auf diesem Server sind sie nicht: Wer ihn betreibt, holt sie mit „npm run backbones“ auf einem Rechner mit Internet. Bis dahin sieht das eingebaute zu.',
  'networks.inUse': 'Jetzt im Einsatz: {name}',
  'networks.better': 'Ein besseres Netz ist da: {name}. Deine Bilder bleiben; es sieht sie neu an.',
  'networks.use': 'Nehmen',
  'networks.slow': 'Dieses Netz ist hier etwas langsam.',
  'networks.quicker': 'Ein schnelleres nehmen',
  'networks.own': 'Ein eigenes Netz nehmen',
  'networks.bytes':
    'Mit einfacheren Zahlen rechnen: Dann ist dieses Netz auf vielen Geräten schneller und irrt sich vielleicht öfter',
  'networks.ownAbout':
    'Eine .tflite-Datei für Bilder, oder zwei bis vier Dateien, die zusammen hinsehen. Du kannst sie auch auf die Seite ziehen.',
  'networks.pixels': 'Diese Datei sagt nicht, wie sie ihre Farben will. Was sind Schwarz und Weiß für sie?',
  'networks.pixels.usual': '−1 und 1 (die meisten Netze)',
  'networks.pixels.unit': '0 und 1',
  'networks.pixels.byte': '0 und 255',
  'networks.live': 'hier live',
  'networks.notLive': 'hier zu langsam für live',
};
