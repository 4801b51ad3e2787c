export default {
  'better.record': 'Record more of {name}',
  'better.measure': 'Find a better way to learn',
  'better.running': 'Trying other ways…',
  'better.way': '{name}: about {after} of 20 instead of {before}, as measured.',
  'better.use': 'Learn this way',
  'better.look': 'Look at the pictures',
  'better.before': 'Before: about {right} of 20.',
  'better.idle': 'Other ways to learn are tried while nothing happens…',
  'better.follows': 'Next time it learns like this, for it was better on your pictures: {name}',
  'better.followed': 'It learns like this now, for it was better on your pictures: {name}',
  'better.goBack': 'Learn as before',
};
