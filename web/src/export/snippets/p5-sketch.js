// In index.html, before this sketch:
//   <script src="https://cdn.jsdelivr.net/npm/p5@1.11.10/lib/p5.min.js"></script>
//   <script src="https://cdn.jsdelivr.net/npm/ml5@1.4.0/dist/ml5.min.js"></script>
// Unpack the zip into a folder "model" beside the sketch.
let classifier;
let camera;
let square;
let answer = 'one moment …';

async function setup() {
  createCanvas(320, 320);
  square = createGraphics(224, 224);
  square.pixelDensity(1);
  camera = createCapture(VIDEO);
  camera.hide();
  // ml5 wants a whole address.
  classifier = await ml5.imageClassifier(new URL('model/model.json', document.baseURI).href);
  look();
}

function look() {
  // ml5 would stretch the picture: give it the square in the middle, as Headstart does.
  const side = Math.min(camera.width, camera.height);
  square.image(camera, 0, 0, 224, 224, (camera.width - side) / 2, (camera.height - side) / 2, side, side);
  classifier.classify(square.elt, ([best]) => {
    answer = `${best.label}: ${Math.round(best.confidence * 100)} %`;
    look();
  });
}

function draw() {
  image(square, 0, 0, width, height);
  textSize(24);
  fill(255);
  stroke(0);
  text(answer, 10, height - 16);
}
