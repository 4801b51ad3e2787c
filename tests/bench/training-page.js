// Runs in the browser, beside TensorFlow.js: what Teachable Machine's library does with cached embeddings (its
// teachable-mobilenet.ts): a hidden layer of 100, Adam at 0.001, 50 epochs in batches of 16, a share of 0.15 held out.

const kFeatureCount = 1280;

/** Embeddings as a network with ReLU6 gives them, each class around a centre of its own. */
function drawEmbeddings({ classCount, perClass }) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const centres = Array.from({ length: classCount }, () => Float32Array.from({ length: kFeatureCount }, random));
  const values = new Float32Array(classCount * perClass * kFeatureCount);
  const classes = Int32Array.from({ length: classCount * perClass }, (_, row) => row % classCount);
  for (let row = 0; row < classes.length; row += 1) {
    for (let k = 0; k < kFeatureCount; k += 1) {
      const value = centres[classes[row]][k] + 2 * random() - 1.4;
      values[row * kFeatureCount + k] = Math.min(6, Math.max(0, value));
    }
  }
  return { values, classes };
}

/** One training, from cached embeddings to the trained head, its validation included as the library does it. */
async function trainOnce(tf, shape, { values, classes }) {
  const heldOut = Math.ceil(0.15 * shape.perClass) * shape.classCount;
  const started = performance.now();
  const x = tf.tensor2d(values, [classes.length, kFeatureCount]);
  const y = tf.oneHot(tf.tensor1d(classes, 'int32'), shape.classCount).toFloat();
  const count = classes.length - heldOut;
  const part = (begin, size) =>
    tf.data.zip({
      xs: tf.data.array(x.slice([begin, 0], [size, kFeatureCount]).unstack()),
      ys: tf.data.array(y.slice([begin, 0], [size, shape.classCount]).unstack()),
    });
  const initializer = () => tf.initializers.varianceScaling({});
  const model = tf.sequential({
    layers: [
      tf.layers.dense({
        inputShape: [kFeatureCount],
        units: 100,
        activation: 'relu',
        kernelInitializer: initializer(),
      }),
      tf.layers.dense({
        units: shape.classCount,
        activation: 'softmax',
        useBias: false,
        kernelInitializer: initializer(),
      }),
    ],
  });
  model.compile({ optimizer: tf.train.adam(0.001), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  const history = await model.fitDataset(part(0, count).batch(16), {
    epochs: 50,
    validationData: part(count, heldOut).batch(16),
  });
  const ms = performance.now() - started;
  const accuracy = /** @type {number[]} */ (history.history.val_acc).at(-1);
  tf.disposeVariables();
  return { ms, accuracy };
}

/** WebGL without a graphics card is a program that plays one, slower than plain JavaScript. */
function hasGraphicsCard() {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  return !!gl && !!info && !/swiftshader|llvmpipe|software/i.test(gl.getParameter(info.UNMASKED_RENDERER_WEBGL));
}

/** @param {{ classCount: number, perClass: number }[]} shapes */
export async function run(shapes) {
  const { tf } = /** @type {any} */ (globalThis);
  const results = [];
  for (const backend of [...(hasGraphicsCard() ? ['webgl'] : []), 'cpu']) {
    await tf.setBackend(backend);
    await tf.ready();
    // The first training compiles shaders.
    await trainOnce(tf, { classCount: 2, perClass: 8 }, drawEmbeddings({ classCount: 2, perClass: 8 }));
    let lastMs = 0;
    for (const shape of shapes) {
      if (lastMs > 60_000) {
        break; // the next one is larger
      }
      const timed = await trainOnce(tf, shape, drawEmbeddings(shape));
      lastMs = timed.ms;
      results.push({ backend, version: tf.version.tfjs, ...shape, ...timed });
    }
  }
  return results;
}
