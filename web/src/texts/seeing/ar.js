export default {
  'seeing.wrong': 'كان هذا خطأ',
  'seeing.itIs': 'لا، هذا {name}',
  'seeing.whatIsIt': 'ما هو حقًّا؟',
  'seeing.picture': 'الصورة التي كان عنها الجواب',
  'seeing.corrected': 'هذه الصورة الآن من {name}.',
  'seeing.why': 'لماذا؟',
  'seeing.heat': 'المضيء: ما يدل على الجواب. المظلم: ما لا أثر له.',
  'seeing.similar': 'تشبه صورك هذه',
  'seeing.similarOne': 'صورتك الأكثر شبهًا من {name}: رقم {number}',
};
