export default {
  'seeing.wrong': 'That was wrong',
  'seeing.itIs': 'No, it is {name}',
  'seeing.whatIsIt': 'What is it really?',
  'seeing.picture': 'The picture that the answer was about',
  'seeing.corrected': 'This picture is {name} from now on.',
  'seeing.why': 'Why?',
  'seeing.heat': 'Bright: what speaks for the answer. Dark: what does not count.',
  'seeing.similar': 'It looks like these of yours',
  'seeing.similarOne': 'Your picture of {name} that is most alike: number {number}',
};
