/** العربية: خريطة المفاتيح وما يعمل هنا. */
/** @param {string} zero @param {string} one @param {string} two @param {string} few @param {string} many @param {string} other */
const forms = (zero, one, two, few, many, other) => ({ zero, one, two, few, many, other });

export default {
  'keys.title': 'لوحة المفاتيح',
  'keys.hold': 'على زر التسجيل: اضغط مطولًا للتسجيل',
  'keys.digits': 'اضغط مطولًا لتسجيل الصنف 1 إلى 9 من أي مكان',
  'keys.add': 'أضف صنفًا',
  'keys.train': 'تعلّم',
  'keys.pause': 'أوقف الجواب مؤقتًا',
  'keys.mirror': 'اعكس الكاميرا',
  'keys.undo': 'تراجع؛ ومع Shift: إعادة',
  'keys.paste': 'ألصق صورة في الصنف المحدد',
  'keys.arrows': 'انتقل من صورة إلى صورة',
  'keys.range': 'حدّد مجالًا من الصور',
  'keys.delete': 'احذف الصورة المحددة',
  'keys.help': 'هذه القائمة',
  'about.what':
    'أرِ الكاميرا شيئين أو أكثر، فتتعلّم هذه الصفحة التمييز بينها: شبكة مدرَّبة تصف كل صورة، وجزء صغير جديد يتعلّم من أمثلتك.',
  'about.engine': 'المحرك',
  'about.threads': forms('بلا خيوط', 'خيط واحد', 'خيطان', '{count} خيوط', '{count} خيطًا', '{count} خيط'),
  'about.pictures': 'الصور',
  'about.pictureMemory': 'ذاكرة الصور',
  'about.engineMemory': 'ذاكرة المحرك',
};
