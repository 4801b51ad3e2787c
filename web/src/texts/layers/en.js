export default {
  'layers.title': 'What it sees, layer by layer',
  'layers.about':
    'Each small picture shows where one of the network’s detectors fires right now: bright is strong. The early ones find edges and colours, the late ones parts of things. Shown are those that tell your classes apart best, with the class in whose pictures they fire most.',
  'layers.waiting': 'Show something to the camera, or record a picture.',
  'layers.which': 'Which network',
  'layers.network': 'Network {number}',
  'layers.input': 'What comes in',
  'layers.sees': 'Finds {sight}',
  'layers.map': 'Where detector {number} fires',
  'layers.mapOf': 'Where detector {number} fires, strongest for {name}',
  'layers.own': 'Yours: learnt from your pictures',
};
