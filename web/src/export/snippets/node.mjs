// npm install onnxruntime-node sharp; then: node node.mjs picture.jpg

import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';

const size = 96; // headstart:size
const session = await InferenceSession.create('model.onnx');
const labels = ['first', 'second']; // headstart:labels

// The square in the middle, as Headstart cuts it; "cover" does that.
const pixels = await sharp(process.argv[2]).resize(size, size, { fit: 'cover' }).removeAlpha().raw().toBuffer();
const planes = new Float32Array(3 * size * size);
for (let i = 0; i < pixels.length; i++) {
  planes[(i % 3) * size * size + Math.floor(i / 3)] = pixels[i];
}
const { probabilities } = await session.run({ picture: new Tensor('float32', planes, [1, 3, size, size]) });
for (const [i, label] of labels.entries()) {
  console.log(label, probabilities.data[i].toFixed(3));
}
