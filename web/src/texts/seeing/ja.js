export default {
  'seeing.wrong': 'まちがい',
  'seeing.itIs': 'ちがう、これは {name}',
  'seeing.whatIsIt': 'ほんとうは何？',
  'seeing.picture': '答えのもとになった画像',
  'seeing.corrected': 'この画像は {name} として覚えます。',
  'seeing.why': 'どうして？',
  'seeing.heat': '明るいところが答えの決め手。暗いところは関係なし。',
  'seeing.similar': 'あなたのこの画像に似ています',
  'seeing.similarOne': 'いちばん似ている {name} の画像 {number}',
};
