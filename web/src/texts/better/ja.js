export default {
  'better.record': '{name} をもっととる',
  'better.measure': 'もっとよい学び方をさがす',
  'better.running': 'ほかの学び方をためしています…',
  'better.way': '{name}：20 のうち約 {before} から約 {after} に（測定）。',
  'better.use': 'この学び方にする',
  'better.look': '画像を見る',
  'better.before': '前は 20 のうち約 {right}。',
  'better.idle': '何も起きていないあいだに、ほかの学び方をためしています…',
  'better.follows': '次からはこう学びます。あなたの画像ではこのほうがよかったからです：{name}',
  'better.followed': '今はこう学んでいます。あなたの画像ではこのほうがよかったからです：{name}',
  'better.goBack': '前と同じように学ぶ',
};
