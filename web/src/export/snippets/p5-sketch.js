// Save this as sketch.js. In index.html, before it:
//   <script src="https://cdn.jsdelivr.net/npm/p5@1.11.10/lib/p5.min.js"></script>
//   <script src="https://cdn.jsdelivr.net/npm/ml5@1.4.0/dist/ml5.min.js"></script>
// Unpack the zip into a folder "model" beside both, and serve all from a web server, as the p5 editor does.
let classifier;
let camera;
let answer = 'one moment …';

async function setup() {
  createCanvas(320, 320);
  camera = createCapture(VIDEO);
  camera.hide();
  // ml5 wants a whole address.
  classifier = await ml5.imageClassifier(new URL('model/model.json', document.baseURI).href);
  look();
}

function look() {
  // ml5 would stretch the picture: give it the square.
  classifier.classify(squareOf(camera.elt, 224), ([best]) => {
    answer = `${best.label}: ${Math.round(best.confidence * 100)} %`;
    look();
  });
}

function draw() {
  drawingContext.drawImage(middle, 0, 0, width, height);
  textSize(24);
  fill(255);
  stroke(0);
  text(answer, 10, height - 16);
}

// The square in the middle of a picture, as Headstart cuts it. Shrunk a lot at once it would lose pixels: so it is halved.
const sheet = document.createElement('canvas');
const middle = document.createElement('canvas');
function squareOf(picture, size) {
  const width = picture.videoWidth || picture.width;
  const height = picture.videoHeight || picture.height;
  const side = Math.min(width, height);
  let step = size;
  while (step < side) {
    step *= 2;
  }
  sheet.width = sheet.height = step;
  middle.width = middle.height = size;
  const pen = sheet.getContext('2d');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, (width - side) >> 1, (height - side) >> 1, side, side, 0, 0, step, step);
  for (; step > size; step /= 2) {
    pen.drawImage(sheet, 0, 0, step, step, 0, 0, step / 2, step / 2);
  }
  middle.getContext('2d').drawImage(sheet, 0, 0);
  return middle;
}
