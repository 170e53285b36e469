import type { Page } from '@playwright/test';
import { FlowPage } from '../pages/flow';
import { Host } from '../pages/host';
import { fixture, Import } from '../pages/import';
import { expect, test as base } from '../pages/test';
import { TrainPage } from '../pages/train';

const test = base.extend<{ host: Host }>({
  // eslint-disable-next-line no-empty-pattern
  host: async ({}, use) => {
    const host = await Host.start();
    await use(host);
    await host.stop();
  },
});
test.use({ serviceWorkers: 'allow' });

const TRAINS = 'train?cells=rnn&n=4&batch=4&T=10';

const shown = (page: Page) => page.evaluate(() => document.documentElement.dataset.version ?? 'none');
const offer = (page: Page) => page.getByRole('status').filter({ hasText: 'A new version of Unroll is ready.' });

/** Waits until the page's version is kept whole, and the page gets its files from there. */
const kept = (page: Page) => expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);

/** What a browser does by itself once a day, and the page when it is looked at again. */
const lookForNews = (page: Page) => page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()));

/** The versions that are kept. */
const versions = (page: Page) => page.evaluate(async () => (await caches.keys()).map((name) => name.split(' ').at(-1) ?? ''));

test('tabs outlive a deployment, and reload into the new version when they like', async ({ host, context, flow }) => {
  test.slow();
  const old = await host.version();
  const flowPage = flow.page;
  await flow.open(`${host.url}?cells=rnn&focus=rnn&n=4&T=8`);
  await kept(flowPage);
  const trainPage = await context.newPage();
  const later = new TrainPage(trainPage);
  await trainPage.goto(host.url + TRAINS);
  await kept(trainPage);

  await host.deployAnother();
  const next = await host.version();
  expect(next).not.toBe(old);
  host.asked.length = 0;

  // Everything that the old tabs had not asked for yet: training, a file, the phase map.
  await later.button('Start').click();
  await expect.poll(() => later.iteration('RNN')).toBeGreaterThan(20);
  await expect(flowPage.locator('.notice')).toHaveCount(0);
  await flow.andAnalyse(async () => new Import(flowPage).open(await fixture('lstm.safetensors')));
  await expect(flow.checkbox('LSTM')).toBeChecked();
  const map = flow.panel('phase');
  await map.getByRole('button', { name: 'Draw the map' }).click();
  await expect(map.getByRole('button', { name: 'Draw it again' })).toBeVisible();
  await expect(flowPage.locator('.notice', { hasText: /worker/i })).toHaveCount(0);
  expect(host.asked.filter(({ status }) => status !== 200)).toEqual([]);

  // The new version says so in both, and neither is disturbed.
  await lookForNews(flowPage);
  await expect(offer(flowPage)).toBeVisible();
  await expect(offer(trainPage)).toBeVisible();
  await expect(later.state('RNN')).toHaveText('training');
  expect(await shown(trainPage)).toBe(old);
  const query = new URL(flowPage.url()).search;
  await offer(flowPage).getByRole('button', { name: 'Reload' }).click();
  await expect.poll(() => shown(flowPage)).toBe(next);
  await expect.poll(() => flow.generation()).toBeGreaterThan(0);
  expect(new URL(flowPage.url()).search).toBe(query);
  await expect(flow.checkbox('LSTM')).toBeChecked();
  await expect(offer(flowPage)).toHaveCount(0);
  expect(new Set(await versions(flowPage))).toEqual(new Set([old, next]));

  // The other tab still is what it was; the old version goes with it.
  await later.pause();
  await later.step(['RNN'], 1);
  expect(later.errors).toEqual([]);
  await offer(trainPage).getByRole('button', { name: 'Reload' }).click();
  await expect.poll(() => shown(trainPage)).toBe(next);
  await expect(later.panel('left')).toContainText('Continue at iteration');
  await expect.poll(() => versions(trainPage)).toEqual([next]);

  // Without a network: both labs, and the way back.
  host.mood = 'cut';
  await trainPage.goto(`${host.url}?cells=gru&n=4&T=8`);
  const offline = new FlowPage(trainPage);
  await expect.poll(() => offline.generation()).toBeGreaterThan(0);
  await trainPage.goBack();
  await expect(later.button('Start')).toBeVisible();
  expect(await shown(trainPage)).toBe(next);
  await later.step(['RNN'], 1);
});

test('a deployment that is not complete leaves the version before it in place', async ({ host, flow }) => {
  const { page } = flow;
  const old = await host.version();
  await flow.open(`${host.url}?cells=rnn&n=4&T=8`);
  await kept(page);
  await host.deployAnother(/^unroll-flow-.*\.wasm$/);
  await page.reload();
  await expect.poll(() => flow.generation()).toBeGreaterThan(0);
  expect(await shown(page)).toBe(old);
  await expect(offer(page)).toHaveCount(0);
  await host.deployAnother();
  await page.reload();
  await expect.poll(() => shown(page)).toBe(await host.version());
  await expect.poll(() => flow.generation()).toBeGreaterThan(0);
});

for (const mood of ['silent', 'failing', 'foreign', 'cut'] as const) {
  test(`where the host is ${mood}, the copy answers for every lab`, async ({ host, flow }) => {
    const { page } = flow;
    await flow.open(`${host.url}?cells=rnn&n=4&T=8`);
    await kept(page);
    host.mood = mood;
    await page.reload();
    await expect.poll(() => flow.generation()).toBeGreaterThan(0);
    const train = new TrainPage(page);
    await page.goto(host.url + TRAINS);
    await train.step(['RNN'], 2);
    // What the browser says about a host that fails is this journey's own doing.
    flow.errors.splice(0, Infinity, ...flow.errors.filter((error) => !/Failed to load resource|manifest/i.test(error)));
  });
}
