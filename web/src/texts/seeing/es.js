export default {
  'seeing.wrong': 'Se equivocó',
  'seeing.itIs': 'No, es {name}',
  'seeing.whatIsIt': '¿Qué es en realidad?',
  'seeing.picture': 'La imagen de la respuesta',
  'seeing.corrected': 'Esta imagen es ahora de {name}.',
  'seeing.why': '¿Por qué?',
  'seeing.heat': 'Claro: lo que apoya la respuesta. Oscuro: lo que no cuenta.',
  'seeing.similar': 'Se parece a estas tuyas',
  'seeing.similarOne': 'Tu imagen más parecida de {name}: número {number}',
};
