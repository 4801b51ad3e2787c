export default {
  'seeing.wrong': 'That was wrong',
  'seeing.itIs': 'No, it is {name}',
  'seeing.whatIsIt': 'What is it really?',
  'seeing.picture': 'The picture that the answer was about',
  'seeing.corrected': 'This picture is {name} from now on.',
};
