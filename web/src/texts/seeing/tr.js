export default {
  'seeing.wrong': 'Bu yanlıştı',
  'seeing.itIs': 'Hayır, bu {name}',
  'seeing.whatIsIt': 'Gerçekte ne bu?',
  'seeing.picture': 'Yanıtın verildiği resim',
  'seeing.corrected': 'Bu resim artık {name} sınıfında.',
};
