export default {
  'seeing.wrong': 'Bu yanlıştı',
  'seeing.itIs': 'Hayır, bu {name}',
  'seeing.whatIsIt': 'Gerçekte ne bu?',
  'seeing.picture': 'Yanıtın verildiği resim',
  'seeing.corrected': 'Bu resim artık {name} sınıfında.',
  'seeing.why': 'Neden?',
  'seeing.heat': 'Parlak: yanıtı destekleyen yer. Karanlık: sayılmayan yer.',
  'seeing.similar': 'Şu resimlerine benziyor',
  'seeing.similarOne': 'En çok benzeyen {name} resmin: {number}',
};
