export default {
  'better.record': 'Graba más de {name}',
  'better.measure': 'Busca una forma mejor de aprender',
  'better.running': 'Probando otras formas…',
  'better.way': '{name}: unas {after} de 20 en vez de {before}, según lo medido.',
  'better.use': 'Aprender así',
  'better.look': 'Ver las imágenes',
  'better.before': 'Antes: unas {right} de 20.',
  'better.idle': 'Mientras no pasa nada, se prueban otras formas de aprender…',
  'better.follows': 'La próxima vez aprenderá así, pues fue mejor con tus imágenes: {name}',
  'better.followed': 'Ahora aprende así, pues fue mejor con tus imágenes: {name}',
  'better.goBack': 'Aprender como antes',
};
