// npm install onnxruntime-node sharp; then: node node.mjs picture.jpg

import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

const size = 96; // headstart:size
const labels = ['first', 'second']; // headstart:labels

const picture = sharp(process.argv[2]).autoOrient().toColourspace('srgb').removeAlpha();
const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
const session = await InferenceSession.create('model.onnx');
const planes = planesOf(data, info.width, info.height, size);
const { probabilities } = await session.run({ picture: new Tensor('float32', planes, [1, 3, size, size]) });
for (const [i, label] of labels.entries()) {
  console.log(label, probabilities.data[i].toFixed(3));
}

// Red, green and blue of the square in the middle, cut and shrunk as Headstart does it, each as whole numbers from 0 to 255.
function planesOf(pixels, width, height, size) {
  const side = Math.min(width, height);
  const first = ((height - side) >> 1) * width + ((width - side) >> 1);
  const planes = new Float32Array(3 * size * size);
  for (let colour = 0; colour < 3; colour++) {
    const plane = new Float32Array(side * side);
    plane.forEach((_, i) => {
      plane[i] = pixels[3 * (first + Math.floor(i / side) * width + (i % side)) + colour];
    });
    planes.set(shrunk(shrunk(plane, side, size), side, size).map(Math.round), colour * size * size);
  }
  return planes;
}

// Rows of `length` numbers become columns of `size`: each number is a mean of those around it, in which nearer ones count more.
function shrunk(rows, length, size) {
  const rowCount = rows.length / length;
  const columns = new Float32Array(size * rowCount);
  const reach = Math.max(1, length / size);
  for (let to = 0; to < size; to++) {
    const middle = ((to + 0.5) * length) / size - 0.5;
    const column = columns.subarray(to * rowCount, (to + 1) * rowCount);
    let sum = 0;
    for (let from = Math.max(0, Math.ceil(middle - reach)); from < Math.min(length, middle + reach); from++) {
      const weight = reach - Math.abs(from - middle);
      sum += weight;
      column.forEach((_, row) => {
        column[row] += weight * rows[row * length + from];
      });
    }
    column.forEach((_, row) => {
      column[row] /= sum;
    });
  }
  return columns;
}
