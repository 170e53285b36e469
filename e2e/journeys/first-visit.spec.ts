import AxeBuilder from '@axe-core/playwright';
import { PANELS } from '../pages/flow';
import { FOLDER_URL } from '../playwright.config';
import { openMenu } from '../pages/menu';
import { expect, test } from '../pages/test';

test('a stranger sees every panel with a heading, a picture and a table', async ({ flow }) => {
  await flow.open();
  for (const panel of PANELS) {
    if (panel === 'compare') continue;
    await expect(flow.panel(panel).getByRole('heading').first()).toBeAttached();
    if (panel === 'report') continue;
    await expect((await openMenu(flow.panel(panel))).getByText('Table', { exact: true }).first()).toBeAttached();
    if (panel === 'verdict' || panel === 'phase') continue;
    // Charts out of view are painted too: a printed page has no empty frame.
    await expect.poll(async () => Math.min(...(await flow.painted(panel)))).toBeGreaterThan(0);
  }
  // Three different fates at a glance.
  for (const [cell, fate] of [['RNN', 'vanishes'], ['LSTM', 'keeps'], ['GRU', 'fades']] as const) {
    expect(await flow.fate(cell)).toBe(fate);
    await expect(flow.sentence(cell)).toContainText(/less than a millionth is left|of the gradient is left/);
  }
});

test('the tour opens once, walks through, and can be reopened', async ({ flow, page }) => {
  await flow.open('', { tour: true });
  await expect(flow.tour()).toBeVisible();
  await expect(flow.tour()).toContainText('1 of 4');
  await flow.tour().getByRole('button', { name: 'Next' }).click();
  await expect(flow.panel('river')).toHaveAttribute('data-tour', '');
  // The tour covers nothing: a slider works while it is open.
  await flow.andAnalyse(() => flow.type('Recurrent gain', '2'));
  for (let i = 0; i < 3; i++) await flow.tour().getByRole('button', { name: /Next|Done/ }).click();
  await expect(flow.tour()).toHaveCount(0);
  await page.reload();
  await expect(flow.panel('river')).toBeVisible();
  await expect(flow.tour()).toHaveCount(0);
  await flow.button('Help').click();
  await flow.button('Take the tour').click();
  await expect(flow.tour()).toContainText('1 of 4');
  await flow.tour().getByRole('button', { name: 'Skip' }).click();
  await expect(flow.tour()).toHaveCount(0);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });
    test('axe finds nothing, with the tour, the presets and a table open', async ({ flow, page }) => {
      await flow.open('', { tour: true });
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await flow.tour().getByRole('button', { name: 'Skip' }).click();
      await flow.table('gradient');
      await openMenu(flow.panel('gates'));
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await flow.button('Presets').click();
      await expect(page.getByRole('menu', { name: 'Presets' })).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    });
  });
}

test('the page works in a sub-folder of its host, and after a reload there', async ({ flow, page }) => {
  await flow.open(`${FOLDER_URL}?gain=1.5`);
  await expect(flow.field('Recurrent gain')).toHaveValue('1.5');
  await page.reload();
  await expect.poll(() => flow.generation()).toBeGreaterThan(0);
  await expect(flow.field('Recurrent gain')).toHaveValue('1.5');
});

test.describe('offline', () => {
  test.use({ serviceWorkers: 'allow' });
  test('a page that was visited opens without a network', async ({ flow, page, context }) => {
    await flow.open();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.reload();
    await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
    await context.setOffline(true);
    await page.reload();
    await expect.poll(() => flow.generation()).toBeGreaterThan(0);
  });
});
