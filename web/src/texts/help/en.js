/** English: the keyboard map, and what runs here. */
export default {
  'keys.title': 'Keyboard',
  'keys.hold': 'On a record button: hold to record',
  'keys.digits': 'Hold to record class 1 to 9, from anywhere',
  'keys.add': 'Add a class',
  'keys.train': 'Train',
  'keys.pause': 'Pause the answer',
  'keys.mirror': 'Mirror the camera',
  'keys.undo': 'Undo; with Shift: redo',
  'keys.paste': 'Paste a picture into the class in focus',
  'keys.arrows': 'Go from picture to picture',
  'keys.range': 'Select a range of pictures',
  'keys.delete': 'Delete the picture in focus',
  'keys.help': 'This map',
  'about.what':
    'Show the camera two or more things, and this page learns to tell them apart: a trained network describes each picture, and a small new part learns from your examples.',
  'about.engine': 'Engine',
  'about.threads': { one: '{count} thread', other: '{count} threads' },
  'about.pictures': 'Pictures',
  'about.pictureMemory': 'Memory for pictures',
  'about.engineMemory': 'Memory of the engine',
  'lesson.title': 'How it works, in pictures',
  'lesson.stays':
    'It has seen a lot of pictures before you came. From them it knows edges, colours and shapes. That part stays as it is.',
  'lesson.learns':
    'Only a small new part at the end learns. You show it which picture belongs where, and it learns from that.',
  'lesson.varied':
    'Ten times the same picture teaches it only one thing. Turn it, come closer, change the light and the place.',
  'lesson.background':
    'Does your cup always stand on the same table? Then it may learn the table. Show everything in the same places.',
  'cards.title': 'Cards for a class',
  'cards.print': 'Print the cards',
  'cards.found': 'What we found out:',
  'cards.game': 'Rock, paper, scissors',
  'cards.game.about': 'Teach it three hand signs. Then play against each other: it is the referee.',
  'cards.things': 'Three things',
  'cards.things.about':
    'Choose three things from your bag. Show them from all sides. Which two does it mix up, and why?',
  'cards.faces': 'Faces',
  'cards.faces.about': 'Happy, surprised, tired: can it tell? Does it still work when somebody else tries?',
  'cards.sort': 'Sorting machine',
  'cards.sort.about': 'Paper, plastic or glass? Let it say aloud where each thing belongs.',
  'cards.trick': 'Trick it',
  'cards.trick.about': 'Find a picture that it gets wrong. Press “Why?” and see where it looks.',
  'cards.day': 'Another day',
  'cards.day.about': 'Take the exam in another room or on another day. Is it as good as it promised?',
};
