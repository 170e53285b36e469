// Takes docs/screenshot.png (and the dark one), docs/train.png and docs/lineage.png from the release build: npm run screenshots.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chromium } from '@playwright/test';

const PORT = 8394;
const server = spawn('node', ['scripts/serve.mjs', '--port', String(PORT)], { stdio: ['ignore', 'pipe', 'inherit'] });
await once(server.stdout, 'data');
const browser = await chromium.launch({
  executablePath: process.env.CHROME ?? 'chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage'],
});
try {
  for (const [colorScheme, file] of [['light', 'screenshot.png'], ['dark', 'screenshot-dark.png']]) {
    const page = await browser.newPage({ viewport: { width: 1440, height: 1180 }, colorScheme, serviceWorkers: 'block' });
    await page.addInitScript(() => localStorage.setItem('unroll.tour-seen', 'yes'));
    await page.goto(`http://127.0.0.1:${PORT}/`);
    await page.waitForFunction(() => Number(document.documentElement.dataset.generation) > 0 && !document.querySelector('[data-later]'));
    await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))));
    await page.screenshot({ path: `docs/${file}` });
    await page.close();
  }
  const page = await browser.newPage({ viewport: { width: 1440, height: 1180 }, serviceWorkers: 'block' });
  await page.goto(`http://127.0.0.1:${PORT}/train`);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.waitForFunction(() => Number(document.querySelector('[data-cell="LSTM"] [data-figure="iteration"]').textContent) > 1000);
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.waitForFunction(() => !document.querySelector('[data-state="training"], [data-state="pausing"]'));
  await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))));
  await page.screenshot({ path: 'docs/train.png' });
  // The whole lineage over 1000 steps, each with its theorem.
  await page.goto(`http://127.0.0.1:${PORT}/lineage?models=rnn.lstm.attention.mingru.s4.legs&T=1000`);
  await page.waitForSelector('.view-bar[data-busy=false]');
  await page.waitForFunction(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))));
  await page.screenshot({ path: 'docs/lineage.png' });
} finally {
  await browser.close();
  server.kill();
}
