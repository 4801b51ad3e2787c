export default {
  'exam.title': 'Exam',
  'exam.about':
    'Take new pictures here, best on another day or in another place. They are only asked about, never learnt from.',
  'exam.empty': 'No test pictures yet.',
  'exam.right': '{right} of {count} right',
  'exam.promised': 'This is how it does on new pictures. With its own it promised {part}.',
  'exam.unknown': {
    one: '{count} picture was called “None of these”.',
    other: '{count} pictures were called “None of these”.',
  },
  'exam.waiting': 'Test picture {number}: not asked yet',
  'exam.tileRight': 'Test picture {number}: {name}, right',
  'exam.tileWrong': 'Test picture {number}: called {name}, wrong',
  'exam.remove': 'Remove test picture {number}',
  'exam.word.remove': 'Remove',
  'exam.record': 'Record 10',
  'exam.recordOf': 'Record 10 test pictures of {name}',
  'exam.files': 'Choose files',
  'exam.filesOf': 'Choose test pictures of {name}',
  'exam.clear': 'Remove all test pictures',
  'exam.unreadable': {
    one: '{count} file could not be read: {names}',
    other: '{count} files could not be read: {names}',
  },
};
