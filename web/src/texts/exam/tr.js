export default {
  'exam.title': 'Sınav',
  'exam.about':
    'Burada yeni resimler çek, en iyisi başka bir gün veya başka bir yerde. Onlar yalnızca sorulur, onlardan hiç öğrenilmez.',
  'exam.empty': 'Henüz sınav resmi yok.',
  'exam.right': '{count} resimden {right} doğru',
  'exam.promised': 'Kendi resimleriyle {part} söz vermişti.',
  'exam.unknown': { one: '{count} resme “Hiçbiri” dendi.', other: '{count} resme “Hiçbiri” dendi.' },
  'exam.waiting': 'Sınav resmi {number}: henüz sorulmadı',
  'exam.tileRight': 'Sınav resmi {number}: {name}, doğru',
  'exam.tileWrong': 'Sınav resmi {number}: {name} dendi, yanlış',
  'exam.remove': 'Sınav resmi {number} silinsin',
  'exam.record': '10 tane çek',
  'exam.recordOf': '{name} için 10 sınav resmi çek',
  'exam.files': 'Dosya seç',
  'exam.filesOf': '{name} için sınav resmi seç',
  'exam.clear': 'Bütün sınav resimlerini sil',
  'exam.unreadable': { one: '{count} dosya okunamadı: {names}', other: '{count} dosya okunamadı: {names}' },
};
