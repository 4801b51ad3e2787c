export default {
  'oneFile.privacy': 'Pictures stay on this device.',
  'oneFile.loading': 'Loading…',
  'oneFile.hint': 'Switch the camera on, or choose a picture.',
  'oneFile.cameraOn': 'Camera on',
  'oneFile.cameraOff': 'Camera off',
  'oneFile.choose': 'Choose a picture',
  'oneFile.notSure': 'Not sure',
  'oneFile.none': 'None of these',
  'oneFile.noCamera': 'The camera cannot be used. Allow it in your browser, or choose a picture.',
  'oneFile.noPicture': 'This file cannot be read as a picture.',
  'oneFile.noEngine': 'This does not run here. Use a current Chrome, Edge, Firefox or Safari.',
};
