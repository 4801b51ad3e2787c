export default {
  'oneFile.privacy': '画像はこの端末から出ません。',
  'oneFile.loading': '読み込み中…',
  'oneFile.hint': 'カメラをつけるか、画像を選んでください。',
  'oneFile.cameraOn': 'カメラをつける',
  'oneFile.cameraOff': 'カメラを切る',
  'oneFile.choose': '画像を選ぶ',
  'oneFile.notSure': 'わかりません',
  'oneFile.none': 'どれでもない',
  'oneFile.noCamera': 'カメラを使えません。ブラウザーで許可するか、画像を選んでください。',
  'oneFile.noPicture': 'このファイルは画像として読めません。',
  'oneFile.noEngine': 'ここでは動きません。新しい Chrome、Edge、Firefox、Safari を使ってください。',
};
