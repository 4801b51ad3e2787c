export default {
  'better.record': 'Graba más de {name}',
  'better.measure': 'Busca una forma mejor de aprender',
  'better.running': 'Probando otras formas…',
  'better.way': '{name}: unas {after} de 20 en vez de {before}, según lo medido.',
  'better.use': 'Aprender así',
  'better.look': 'Ver las imágenes',
  'better.before': 'Antes: unas {right} de 20.',
};
