// What a drag costs in the browser: npm run bench (after a release build). Prints medians and 95th percentiles in milliseconds.
//   critical  the frame-critical part of all shown cells (User Timing measure unroll:critical)
//   analysis  the same and what was refined within the frame (unroll:analysis)
//   paint     drawing every chart in view (unroll:paint)
//   input     from a pointer event to the end of the frame that shows it
// Long tasks are those over 50 ms; the heap is the page's JavaScript heap plus the WebAssembly memory behind it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chromium } from '@playwright/test';

const PORT = 8393;
const CASES = [
  { name: 'all cells n=16 T=64', query: '?n=16&T=64', slider: 'Recurrent gain' },
  { name: 'LSTM n=16 T=64', query: '?cells=lstm&n=16&T=64', slider: 'Forget bias' },
  { name: 'LSTM n=32 T=100', query: '?cells=lstm&n=32&T=100', slider: 'Forget bias' },
  { name: 'LSTM n=64 T=200', query: '?cells=lstm&n=64&T=200', slider: 'Forget bias' },
];
const MOVES = 240;

const server = spawn('node', ['scripts/serve.mjs', '--port', String(PORT)], { stdio: ['ignore', 'pipe', 'inherit'] });
await once(server.stdout, 'data');
const browser = await chromium.launch({
  executablePath: process.env.CHROME ?? 'chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--enable-precise-memory-info'],
});

const quantile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] : NaN;
};
const milliseconds = (values) => `${quantile(values, 0.5).toFixed(1)} / ${quantile(values, 0.95).toFixed(1)}`;

try {
  console.log('case | critical p50 / p95 | analysis p50 / p95 | paint p50 / p95 | input to paint p50 / p95 | frames | long tasks | heap growth');
  for (const { name, query, slider } of CASES) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, serviceWorkers: 'block' });
    await page.addInitScript(() => localStorage.setItem('unroll.tour-seen', 'yes'));
    await page.goto(`http://127.0.0.1:${PORT}/${query}`);
    await page.waitForFunction(() => Number(document.documentElement.dataset.generation) > 0);
    await page.evaluate(() => {
      const seen = { critical: [], analysis: [], paint: [], input: [], long: 0, frames: 0, heap: performance.memory.usedJSHeapSize };
      window.seen = seen;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (entry.name === 'unroll:critical') seen.critical.push(entry.duration);
          if (entry.name === 'unroll:analysis') seen.analysis.push(entry.duration);
          if (entry.name === 'unroll:paint') seen.paint.push(entry.duration);
        }
      }).observe({ type: 'measure' });
      new PerformanceObserver((list) => (seen.long += list.getEntries().length)).observe({ type: 'longtask' });
      // The frame's callbacks run before this one's message does: what it measures includes analysis and paint.
      addEventListener('input', () => {
        const start = performance.now();
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => {
            seen.frames += 1;
            seen.input.push(performance.now() - start);
          };
          channel.port2.postMessage(null);
        });
      }, true);
    });
    const box = await page.getByRole('slider', { name: slider, exact: true }).boundingBox();
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + 5, y);
    await page.mouse.down();
    for (let i = 1; i <= MOVES; i++) {
      // Back and forth, so that every move is a new value.
      const share = Math.abs(((i * 3) % (2 * MOVES)) / MOVES - 1);
      await page.mouse.move(box.x + 5 + share * (box.width - 10), y);
    }
    await page.mouse.up();
    await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))));
    const seen = await page.evaluate(() => ({ ...window.seen, growth: performance.memory.usedJSHeapSize - window.seen.heap }));
    console.log(
      [name, milliseconds(seen.critical), milliseconds(seen.analysis), milliseconds(seen.paint), milliseconds(seen.input), seen.analysis.length, seen.long, `${(seen.growth / 1e6).toFixed(1)} MB`].join(' | '),
    );
    await page.close();
  }
} finally {
  await browser.close();
  server.kill();
}
