// What a training step costs in the browser: npm run bench:train (after a release build).
// The adding problem, T = 50, batch 32, an LSTM of 32 units, Adam, the gradient clipped at norm 1. Prints steps per second and ratios.
//   Unroll  the page itself, one worker, passes in float32 (as it is set) and in float64; it makes every batch and draws every chart
//           meanwhile
//   TF.js   its LSTM layer, best of its backends, in the same browser; one batch, made once; where the folder of
//           @tensorflow/tfjs and @tensorflow/tfjs-backend-wasm is given as TFJS=…/node_modules
//   PyTorch crates/engine/benches/pytorch_train.py; where an interpreter that has torch is given as PYTHON=…
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chromium } from '@playwright/test';

const PORT = 8394;
const SECONDS = 10;
const [HIDDEN, BATCH, STEPS] = [32, 32, 50];

const server = spawn('node', ['scripts/serve.mjs', '--port', String(PORT)], { stdio: ['ignore', 'pipe', 'inherit'] });
await once(server.stdout, 'data');
const browser = await chromium.launch({
  executablePath: process.env.CHROME ?? 'chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
});

/** Steps per second of the page: its own count over some seconds, after it has warmed up. */
async function unroll(bits) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
  await page.goto(`http://127.0.0.1:${PORT}/train?cells=lstm&T=${STEPS}&n=${HIDDEN}&batch=${BATCH}&bits=${bits}`);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  const rate = await page.evaluate(async (seconds) => {
    const count = () => Number(/iteration\s*(\d+)/.exec(document.querySelector('[data-panel="runs"]')?.textContent ?? '')?.[1] ?? 0);
    const long = [];
    new PerformanceObserver((list) => long.push(...list.getEntries())).observe({ type: 'longtask' });
    const until = (done) => new Promise((resolve) => {
      const look = () => (done() ? resolve() : requestAnimationFrame(look));
      look();
    });
    await until(() => count() > 100);
    // News come in batches: from one to a later one.
    const first = count();
    await until(() => count() > first);
    const [began, start] = [count(), performance.now()];
    await until(() => performance.now() - start > 1000 * seconds);
    const last = count();
    await until(() => count() > last);
    return { steps: (1000 * (count() - began)) / (performance.now() - start), long: long.length };
  }, SECONDS);
  await page.close();
  return rate;
}

/** Steps per second of TF.js' LSTM layer on one of its backends; a sentence where it cannot train. */
async function tensorFlow(folder, backend) {
  const page = await browser.newPage();
  const files = '@tensorflow/tfjs-backend-wasm/dist';
  await page.route('http://bench.test/**', async (route) => {
    const name = basename(new URL(route.request().url()).pathname);
    if (name.endsWith('.wasm')) return route.fulfill({ body: await readFile(join(folder, files, name)), contentType: 'application/wasm' });
    return route.fulfill({ body: '<!doctype html>', contentType: 'text/html' });
  });
  await page.goto('http://bench.test/');
  await page.addScriptTag({ path: join(folder, '@tensorflow/tfjs/dist/tf.min.js') });
  await page.addScriptTag({ path: join(folder, files, 'tf-backend-wasm.min.js') });
  const rate = await page.evaluate(
    async ({ backend, hidden, batch, steps, seconds }) => {
      try {
        if (backend === 'wasm') tf.wasm.setWasmPaths('http://bench.test/');
        await tf.setBackend(backend);
        await tf.ready();
        const cell = tf.layers.lstm({ units: hidden, recurrentActivation: 'sigmoid', returnSequences: false, inputShape: [steps, 2] });
        const readout = tf.layers.dense({ units: 1 });
        const model = tf.sequential({ layers: [cell, readout] });
        const [x, y] = [tf.randomUniform([batch, steps, 2]), tf.randomUniform([batch, 1])];
        const optimiser = tf.train.adam(0.01);
        const step = () => {
          const loss = tf.tidy(() => {
            const { value, grads } = tf.variableGrads(() => tf.losses.meanSquaredError(y, model.apply(x, { training: true })));
            const norm = tf.sqrt(tf.addN(Object.values(grads).map((g) => tf.sum(tf.square(g)))));
            const factor = tf.minimum(1, tf.div(1, norm));
            optimiser.applyGradients(Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, tf.mul(g, factor)])));
            return value.dataSync()[0];
          });
          return loss;
        };
        const before = step();
        for (let i = 0; i < 4; i++) step();
        const times = [];
        const start = performance.now();
        while (performance.now() - start < 1000 * seconds) {
          const from = performance.now();
          step();
          times.push(performance.now() - from);
        }
        const after = step();
        if (!(after < before)) return `the loss went from ${before} to ${after}`;
        return 1000 / times.sort((a, b) => a - b)[times.length >> 1];
      } catch (error) {
        return String(error).split('\n')[0];
      }
    },
    { backend, hidden: HIDDEN, batch: BATCH, steps: STEPS, seconds: SECONDS },
  );
  await page.close();
  return rate;
}

try {
  const ours = { 32: await unroll(32), 64: await unroll(64) };
  for (const [bits, { steps, long }] of Object.entries(ours)) {
    console.log(`Unroll, one worker, float${bits}: ${steps.toFixed(0)} steps a second; ${long} long tasks on the page`);
  }
  if (process.env.TFJS) {
    for (const backend of ['cpu', 'wasm']) {
      const rate = await tensorFlow(process.env.TFJS, backend);
      const said = typeof rate === 'number' ? `${rate.toFixed(1)} steps a second; Unroll is ${(ours[32].steps / rate).toFixed(1)} (float64: ${(ours[64].steps / rate).toFixed(1)}) times as fast` : `does not train: ${rate}`;
      console.log(`TF.js, ${backend}: ${said}`);
    }
  }
  if (process.env.PYTHON) console.log(execFileSync(process.env.PYTHON, ['crates/engine/benches/pytorch_train.py']).toString());
} finally {
  await browser.close();
  server.kill();
}
