export default {
  'better.record': 'سجّل المزيد من {name}',
  'better.measure': 'ابحث عن طريقة تعلّم أفضل',
  'better.running': 'تُجرَّب طرق أخرى…',
  'better.way': '{name}: نحو {after} من 20 بدل {before} بالقياس.',
  'better.use': 'تعلّم هكذا',
  'better.look': 'انظر إلى الصور',
  'better.before': 'قبل ذلك: نحو {right} من 20.',
  'better.idle': 'تُجرَّب طرق أخرى للتعلّم ما دام لا يحدث شيء…',
  'better.follows': 'في المرة القادمة يتعلّم هكذا، فقد كان أفضل على صورك: {name}',
  'better.followed': 'يتعلّم الآن هكذا، فقد كان أفضل على صورك: {name}',
  'better.goBack': 'تعلّم كما كان',
};
