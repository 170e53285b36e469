// What a first visit costs: npm run bench:load (after a release build). A phone of the middle class: the processor four times slower than
// this machine's, 10 Mbit/s, 40 ms. For every route, the median of five visits with nothing in the browser's cache:
//   transfer  bytes received until the page is live, headers included
//   paint     first contentful paint
//   live      the first slider moved is answered: the page has computed and painted what it stands for
// --dir names another folder than dist.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chromium } from '@playwright/test';

const { values: options } = parseArgs({ options: { dir: { type: 'string', default: 'dist' } } });
const VISITS = 5;
const NETWORK = { offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 };
const routes = readdirSync(options.dir).filter((name) => name.endsWith('.html') && name !== '404.html').map((name) => name.replace(/(index)?\.html$/, ''));

const server = spawn('node', ['scripts/serve.mjs', '--port', '0', '--dir', options.dir], { stdio: ['ignore', 'pipe', 'inherit'] });
const [line] = await once(server.stdout, 'data');
const url = line.toString().match(/http:\S+/)[0];
const browser = await chromium.launch({
  executablePath: process.env.CHROME ?? 'chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
});

/** Moves the first slider as soon as there is one, and waits until the frame after has been painted. */
const answered = () => new Promise((done) => {
  const look = () => {
    const slider = document.querySelector('input[type=range]:not(:disabled)');
    if (!slider) return requestAnimationFrame(look);
    const before = document.documentElement.dataset.generation;
    slider.stepUp();
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    const seen = () => {
      const { generation } = document.documentElement.dataset;
      // A lab that counts no analyses has answered in the next frame.
      if (generation !== undefined && generation === before) return requestAnimationFrame(seen);
      requestAnimationFrame(() => {
        const live = performance.now();
        new PerformanceObserver((list) => {
          const paint = list.getEntriesByName('first-contentful-paint')[0];
          if (paint) done({ live, paint: paint.startTime });
        }).observe({ type: 'paint', buffered: true });
      });
    };
    requestAnimationFrame(seen);
  };
  look();
});

async function visit(route) {
  const context = await browser.newContext({ viewport: { width: 412, height: 915 }, serviceWorkers: 'block' });
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.emulateNetworkConditions', NETWORK);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  let transfer = 0;
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => (transfer += encodedDataLength));
  await page.goto(url + route, { waitUntil: 'commit' });
  const times = await page.evaluate(answered);
  await context.close();
  return { transfer, ...times };
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
try {
  console.log('route | transfer | first contentful paint | live');
  for (const route of routes) {
    const visits = [];
    for (let i = 0; i < VISITS; i++) visits.push(await visit(route));
    const of = (figure) => median(visits.map((visit) => visit[figure]));
    console.log(`/${route} | ${(of('transfer') / 1000).toFixed(0)} kB | ${(of('paint') / 1000).toFixed(2)} s | ${(of('live') / 1000).toFixed(2)} s`);
  }
} finally {
  await browser.close();
  server.kill();
}
