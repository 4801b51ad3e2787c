export default {
  'layers.title': 'Katman katman ne görüyor',
  'layers.about':
    'Her küçük resim, ağın dedektörlerinden birinin şu anda nerede çalıştığını gösterir: parlak olan güçlüdür. İlkler kenarları ve renkleri, sonrakiler nesnelerin parçalarını bulur. Sınıflarını en iyi ayıranlar gösterilir, en çok çalıştıkları sınıfla birlikte.',
  'layers.waiting': 'Kameraya bir şey göster ya da bir resim kaydet.',
  'layers.which': 'Hangi ağ',
  'layers.network': '{number}. ağ',
  'layers.input': 'İçeri giren',
  'layers.sees': 'Bulduğu: {sight}',
  'layers.map': '{number}. dedektörün çalıştığı yer',
  'layers.mapOf': '{number}. dedektörün çalıştığı yer, en çok {name} için',
  'layers.own': 'Senin: resimlerinden öğrenildi',
};
