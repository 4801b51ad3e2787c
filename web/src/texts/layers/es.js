export default {
  'layers.title': 'Qué ve, capa por capa',
  'layers.about':
    'Cada imagen pequeña muestra dónde se activa ahora uno de los detectores de la red: claro es fuerte. Los primeros buscan bordes y colores, los últimos partes de cosas. Se ven los que mejor distinguen tus clases, con la clase en cuyas imágenes se activan más.',
  'layers.waiting': 'Enseña algo a la cámara o graba una imagen.',
  'layers.which': 'Qué red',
  'layers.network': 'Red {number}',
  'layers.input': 'Lo que entra',
  'layers.sees': 'Busca {sight}',
  'layers.map': 'Dónde se activa el detector {number}',
  'layers.mapOf': 'Dónde se activa el detector {number}, sobre todo con {name}',
  'layers.own': 'Tuya: aprendida de tus imágenes',
};
