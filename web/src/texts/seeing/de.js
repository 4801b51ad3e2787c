export default {
  'seeing.wrong': 'Das war falsch',
  'seeing.itIs': 'Nein, das ist {name}',
  'seeing.whatIsIt': 'Was ist es wirklich?',
  'seeing.picture': 'Das Bild, um das es bei der Antwort ging',
  'seeing.corrected': 'Dieses Bild gehört jetzt zu {name}.',
};
