export default {
  'seeing.wrong': 'كان هذا خطأ',
  'seeing.itIs': 'لا، هذا {name}',
  'seeing.whatIsIt': 'ما هو حقًّا؟',
  'seeing.picture': 'الصورة التي كان عنها الجواب',
  'seeing.corrected': 'هذه الصورة الآن من {name}.',
};
