import type { Page } from '@playwright/test';
import { all } from '../pages/flow';
import { fixture, Import } from '../pages/import';
import { expect, test } from '../pages/test';
import { TrainPage } from '../pages/train';

/** What a lab fetches after its first screen. */
const LATER = /-later-[0-9a-f]+\.wasm$/;

/** Keeps the part back until the answer is called. */
async function held(page: Page): Promise<() => void> {
  let release = () => {};
  const free = new Promise<void>((resolve) => (release = resolve));
  await page.route(LATER, async (route) => {
    await free;
    await route.continue();
  });
  return release;
}

/** What the browser says about a request that the journey itself refuses. */
const refusals = /Failed to (load resource|fetch)|ERR_FAILED|HTTP status code is not ok|TypeError/i;

test('the first screen works before the rest is there, which then takes its place', async ({ flow }) => {
  const { page } = flow;
  const release = await held(page);
  await page.addInitScript(() => localStorage.setItem('unroll.tour-seen', 'yes'));
  await page.goto('?cells=rnn,lstm&n=8&T=16');
  await expect.poll(() => flow.generation()).toBeGreaterThan(0);
  const asked = page.waitForRequest(LATER);
  await flow.andAnalyse(() => flow.slider('Recurrent gain').press('ArrowRight'));
  await asked;
  // Every panel has its place, its heading, and a word on what it waits for.
  await expect(flow.panel('report').getByRole('heading', { name: 'Report' })).toBeVisible();
  await expect(flow.panel('report')).toContainText('Loading…');
  const heights = await page.locator('[data-later]').evaluateAll((panels) => panels.map((panel) => panel.getBoundingClientRect().height));
  expect(heights.length).toBeGreaterThan(3);
  expect(Math.min(...heights)).toBeGreaterThan(300);
  release();
  await expect(page.locator('[data-later]')).toHaveCount(0);
  await expect(flow.panel('report')).not.toContainText('Loading…');
  await expect(flow.panel('weights').locator('canvas').first()).toBeVisible();
  await expect(flow.panel('gates').locator('canvas').first()).toBeVisible();
});

test('what could not be loaded says so, and comes when it is tried again', async ({ flow }) => {
  const { page } = flow;
  await page.route(LATER, (route) => route.abort());
  await page.goto('?cells=rnn&n=4&T=8');
  await expect(flow.panel('phase').getByRole('alert')).toContainText('could not be loaded');
  // A file meets the same refusal, and is taken once the part can be had.
  await new Import(page).open(await fixture('lstm.safetensors'));
  await expect(flow.notices().filter({ hasText: 'could not be loaded' })).toBeVisible();
  await expect(flow.checkbox('LSTM')).not.toBeChecked();
  await page.unroute(LATER);
  await flow.panel('phase').getByRole('button', { name: 'Try again' }).click();
  await expect(flow.panel('phase').getByRole('button', { name: 'Draw the map' })).toBeVisible();
  await flow.andAnalyse(async () => new Import(page).open(await fixture('lstm.safetensors')));
  await expect(flow.checkbox('LSTM')).toBeChecked();
  flow.errors.splice(0, Infinity, ...flow.errors.filter((error) => !refusals.test(error)));
});

test('the panels of Train come later, too', async ({ page }) => {
  const train = new TrainPage(page);
  const release = await held(page);
  await page.goto('train?cells=rnn&n=4&batch=4&T=10');
  await train.step(['RNN'], 2);
  await expect(train.panel('cliff')).toContainText('Loading…');
  release();
  await all(page);
  await expect(train.panel('cliff').locator('canvas').first()).toBeVisible();
  expect(train.errors).toEqual([]);
});

test('an embed shows a panel that comes later', async ({ flow }) => {
  await flow.page.goto('?embed=spectrum&cells=rnn&n=4&T=8');
  await expect(flow.panel('spectrum').locator('canvas').first()).toBeVisible();
});
