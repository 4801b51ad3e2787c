export default {
  'oneFile.privacy': 'تبقى الصور على هذا الجهاز.',
  'oneFile.loading': 'جارٍ التحميل…',
  'oneFile.hint': 'شغّل الكاميرا أو اختر صورة.',
  'oneFile.cameraOn': 'تشغيل الكاميرا',
  'oneFile.cameraOff': 'إيقاف الكاميرا',
  'oneFile.choose': 'اختر صورة',
  'oneFile.notSure': 'غير متأكد',
  'oneFile.none': 'لا شيء من هذه',
  'oneFile.noCamera': 'لا يمكن استخدام الكاميرا. اسمح بها في المتصفح أو اختر صورة.',
  'oneFile.noPicture': 'لا يمكن قراءة هذا الملف كصورة.',
  'oneFile.noEngine': 'لا يعمل هذا هنا. استخدم إصدارًا حديثًا من Chrome أو Edge أو Firefox أو Safari.',
};
