export default {
  'layers.title': '何を見ているか、層ごとに',
  'layers.about':
    '小さな画像は、ネットワークの検出器のひとつが今どこで反応しているかを示します。明るいほど強い反応です。はじめの層はふちや色、あとの層はものの部分を見つけます。クラスをいちばんよく見分けるものを、いちばん強く反応するクラスとともに表示しています。',
  'layers.waiting': 'カメラに何か見せるか、画像を記録してください。',
  'layers.which': 'どのネットワークか',
  'layers.network': 'ネットワーク {number}',
  'layers.input': '入ってくる画像',
  'layers.sees': '見つけるもの：{sight}',
  'layers.map': '検出器 {number} が反応する場所',
  'layers.mapOf': '検出器 {number} が反応する場所、{name} でいちばん強い',
  'layers.own': 'あなたの層：あなたの写真から学びました',
};
