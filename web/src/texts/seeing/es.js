export default {
  'seeing.wrong': 'Se equivocó',
  'seeing.itIs': 'No, es {name}',
  'seeing.whatIsIt': '¿Qué es en realidad?',
  'seeing.picture': 'La imagen de la respuesta',
  'seeing.corrected': 'Esta imagen es ahora de {name}.',
};
