export default {
  'better.record': '{name} için daha çok resim çek',
  'better.measure': 'Daha iyi bir öğrenme yolu bul',
  'better.running': 'Başka yollar deneniyor…',
  'better.way': '{name}: ölçüme göre 20’de {before} yerine yaklaşık {after}.',
  'better.use': 'Böyle öğren',
  'better.look': 'Resimlere bak',
  'better.before': 'Önce: 20’de yaklaşık {right}.',
  'better.idle': 'Hiçbir şey olmazken başka öğrenme yolları deneniyor…',
  'better.follows': 'Gelecek sefer böyle öğrenecek, çünkü resimlerinde daha iyiydi: {name}',
  'better.followed': 'Artık böyle öğreniyor, çünkü resimlerinde daha iyiydi: {name}',
  'better.goBack': 'Eskisi gibi öğren',
};
