export default {
  'seeing.wrong': 'Das war falsch',
  'seeing.itIs': 'Nein, das ist {name}',
  'seeing.whatIsIt': 'Was ist es wirklich?',
  'seeing.picture': 'Das Bild, um das es bei der Antwort ging',
  'seeing.corrected': 'Dieses Bild gehört jetzt zu {name}.',
  'seeing.why': 'Warum?',
  'seeing.heat': 'Hell: was für die Antwort spricht. Dunkel: was nicht zählt.',
  'seeing.similar': 'Es ähnelt diesen Bildern von dir',
  'seeing.similarOne': 'Dein ähnlichstes Bild von {name}: Nummer {number}',
};
