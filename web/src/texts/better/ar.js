export default {
  'better.record': 'سجّل المزيد من {name}',
  'better.measure': 'ابحث عن طريقة تعلّم أفضل',
  'better.running': 'تُجرَّب طرق أخرى…',
  'better.way': '{name}: نحو {after} من 20 بدل {before} بالقياس.',
  'better.use': 'تعلّم هكذا',
  'better.look': 'انظر إلى الصور',
  'better.before': 'قبل ذلك: نحو {right} من 20.',
};
