export default {
  'oneFile.privacy': 'Las imágenes no salen de este dispositivo.',
  'oneFile.loading': 'Cargando…',
  'oneFile.hint': 'Enciende la cámara o elige una imagen.',
  'oneFile.cameraOn': 'Encender la cámara',
  'oneFile.cameraOff': 'Apagar la cámara',
  'oneFile.choose': 'Elegir una imagen',
  'oneFile.notSure': 'No está claro',
  'oneFile.none': 'Ninguno de estos',
  'oneFile.noCamera': 'No se puede usar la cámara. Permítela en el navegador o elige una imagen.',
  'oneFile.noPicture': 'Este archivo no se puede leer como imagen.',
  'oneFile.noEngine': 'Aquí no funciona. Usa un Chrome, Edge, Firefox o Safari actual.',
};
