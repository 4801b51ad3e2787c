export default {
  'oneFile.privacy': 'Resimler bu cihazda kalır.',
  'oneFile.loading': 'Yükleniyor…',
  'oneFile.hint': 'Kamerayı aç ya da bir resim seç.',
  'oneFile.cameraOn': 'Kamerayı aç',
  'oneFile.cameraOff': 'Kamerayı kapat',
  'oneFile.choose': 'Resim seç',
  'oneFile.notSure': 'Emin değil',
  'oneFile.none': 'Bunlardan hiçbiri',
  'oneFile.noCamera': 'Kamera kullanılamıyor. Tarayıcıda izin ver ya da bir resim seç.',
  'oneFile.noPicture': 'Bu dosya resim olarak okunamıyor.',
  'oneFile.noEngine': 'Burada çalışmıyor. Güncel bir Chrome, Edge, Firefox ya da Safari kullan.',
};
