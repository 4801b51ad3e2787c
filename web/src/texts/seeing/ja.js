export default {
  'seeing.wrong': 'まちがい',
  'seeing.itIs': 'ちがう、これは {name}',
  'seeing.whatIsIt': 'ほんとうは何？',
  'seeing.picture': '答えのもとになった画像',
  'seeing.corrected': 'この画像は {name} として覚えます。',
};
