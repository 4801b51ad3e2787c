export default {
  'exam.title': 'Examen',
  'exam.about':
    'Haz aquí fotos nuevas, mejor otro día o en otro lugar. Solo se pregunta por ellas, nunca se aprende de ellas.',
  'exam.empty': 'Aún no hay fotos de examen.',
  'exam.right': '{right} de {count} bien',
  'exam.promised': 'Así le va con fotos nuevas. Con las suyas prometió {part}.',
  'exam.unknown': {
    one: '{count} foto se llamó «Ninguna de estas».',
    other: '{count} fotos se llamaron «Ninguna de estas».',
  },
  'exam.waiting': 'Foto de examen {number}: aún sin preguntar',
  'exam.tileRight': 'Foto de examen {number}: {name}, bien',
  'exam.tileWrong': 'Foto de examen {number}: la llamó {name}, mal',
  'exam.remove': 'Quitar la foto de examen {number}',
  'exam.word.remove': 'Quitar',
  'exam.record': 'Grabar 10',
  'exam.recordOf': 'Grabar 10 fotos de examen de {name}',
  'exam.files': 'Elegir archivos',
  'exam.filesOf': 'Elegir fotos de examen de {name}',
  'exam.clear': 'Quitar todas las fotos de examen',
  'exam.unreadable': {
    one: 'No se pudo leer {count} archivo: {names}',
    other: 'No se pudieron leer {count} archivos: {names}',
  },
};
