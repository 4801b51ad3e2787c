// Runs in the browser: some frames through every build of the engine and through the peer, in turn, so that a machine that
// slows down slows all of them.

const kFrame = { width: 640, height: 480 };
// LiteRT.js's threads spin for some milliseconds after their work and would take a processor from whoever comes next.
const kPauseMs = 25;
// A virtual machine's second processor has gone to sleep by then, and whoever wakes a thread gets it on its own processor
// for some milliseconds. A few frames that do not count bring both back.
const kBurst = { notCounted: 3, counted: 4 };

/** A frame with something in every place; the same each time. */
function drawFrame() {
  const data = new Uint8ClampedArray(kFrame.width * kFrame.height * 4);
  let state = 1;
  for (let index = 0; index < data.length; index += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const x = (index / 4) % kFrame.width;
    data[index] = (x * 255) / kFrame.width;
    data[index + 1] = state >>> 24;
    data[index + 2] = 255 - data[index];
    data[index + 3] = 255;
  }
  return { data, ...kFrame };
}

/** Our engine: from the 640x480 frame to the embedding; crop, resize and normalisation count. */
async function openEngine(createTrainer, { backbone, variant, threads, precision }) {
  const trainer = await createTrainer({ backbone, variant, threads, precision });
  const frame = drawFrame();
  for (const name of ['a', 'b']) {
    await trainer.addSample(trainer.addClass(name), frame);
  }
  return {
    isQuantised: trainer.backbone.isQuantised,
    once: async () => {
      const started = performance.now();
      const { timings } = await trainer.predict(frame);
      return { computeMs: timings.embedMs, roundTripMs: performance.now() - started };
    },
    close: () => trainer.dispose(),
  };
}

/** The network alone, in float32, with a head of two classes behind it, by our own writer. */
async function exportNetwork(createTrainer, { backbone }) {
  const trainer = await createTrainer({ backbone, variant: 'simd', threads: 1 });
  const { width, height, data } = drawFrame();
  await trainer.addSample(trainer.addClass('a'), { width, height, data });
  await trainer.addSample(trainer.addClass('b'), { width, height, data: data.map((value) => 255 - value) });
  await trainer.train();
  const file = await trainer.exportModel({ format: 'tflite' });
  await trainer.dispose();
  return file;
}

/**
 * The peer gets the easier job: a picture that is already cropped and resized; only normalisation and network count. Its numbers
 * are those that MobileNetV2 wants: what another network makes of them takes it no longer.
 */
async function openPeer(peer, { model, threads }) {
  const compiled = await peer.loadAndCompile(model, { accelerator: 'wasm', cpuOptions: { numThreads: threads } });
  const [{ dtype, shape }] = compiled.getInputDetails();
  const size = shape[1];
  const rgba = new Uint8ClampedArray(size * size * 4).map((_, index) => (index * 7) & 255);
  const input = new (dtype === 'uint8' ? Uint8Array : Float32Array)(size * size * 3);
  const [scale, offset] = dtype === 'uint8' ? [1, 0] : [1 / 127.5, -1];
  return {
    once: async () => {
      const started = performance.now();
      for (let from = 0, to = 0; to < input.length; from += 4, to += 3) {
        input[to] = rgba[from] * scale + offset;
        input[to + 1] = rgba[from + 1] * scale + offset;
        input[to + 2] = rgba[from + 2] * scale + offset;
      }
      const tensor = new peer.Tensor(input, [1, size, size, 3]);
      const [output] = await compiled.run([tensor]);
      const ready = await output.moveTo('wasm');
      ready.toTypedArray().slice();
      tensor.delete();
      ready.delete();
      const ms = performance.now() - started;
      return { computeMs: ms, roundTripMs: ms };
    },
    close: () => compiled.delete?.(),
  };
}

/**
 * @param {{ library: string, rounds: number, engines: any[], peer: null | { module: string, wasm: string, runs: any[] } }} job
 * @returns {Promise<Record<string, { computeMs: number[], roundTripMs: number[] }>>}
 */
export async function run(job) {
  const { createTrainer } = await import(job.library);
  const contestants = [];
  for (const each of job.engines) {
    if (each.precision === 'int8' && !contestants[0].isQuantised) {
      continue;
    }
    contestants.push({ ...each, ...(await openEngine(createTrainer, each)) });
  }
  if (job.peer) {
    const peer = await import(job.peer.module);
    await peer.loadLiteRt(job.peer.wasm, { threads: true });
    const exported = job.peer.runs.some(({ model }) => !model) && (await exportNetwork(createTrainer, job.engines[0]));
    for (const each of job.peer.runs) {
      try {
        const contestant = await openPeer(peer, { ...each, model: each.model ?? exported });
        await contestant.once();
        contestants.push({ ...each, ...contestant });
      } catch (error) {
        console.warn(`${each.key} does not run ${each.model ?? 'our file'}: ${String(error).split('\n')[0]}`);
      }
    }
  }
  const results = Object.fromEntries(contestants.map(({ key }) => [key, { computeMs: [], roundTripMs: [] }]));
  for (let round = 0; round < job.rounds; round += kBurst.counted) {
    for (const { key, once } of contestants) {
      await new Promise((resolve) => setTimeout(resolve, kPauseMs));
      for (let frame = -kBurst.notCounted; frame < kBurst.counted; frame += 1) {
        const { computeMs, roundTripMs } = await once();
        if (frame < 0) {
          continue;
        }
        results[key].computeMs.push(computeMs);
        results[key].roundTripMs.push(roundTripMs);
      }
    }
  }
  for (const { close } of contestants) {
    await close();
  }
  return results;
}
