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
};
