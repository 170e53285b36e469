import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../pages/test';

/** A page of somebody else with Unroll in a frame of the documented size. */
async function embedded(page: Page, base: string, query: string, { width = 640, height = 420 } = {}) {
  await page.setContent(`<!doctype html><title>A blog</title><h1>A blog</h1>
    <iframe title="Unroll" src="${base}${query}" width="${width}" height="${height}"></iframe>`);
  const frame = page.frameLocator('iframe');
  const inside = page.frames()[1];
  if (!inside) throw new Error('There is no frame.');
  await expect.poll(() => inside.evaluate(() => Number(document.documentElement.dataset.generation ?? 0))).toBeGreaterThan(0);
  return { frame, inside };
}

test('an embed shows the panels and the controls it names, and leads to the whole page', async ({ flow, page, baseURL }) => {
  const { frame, inside } = await embedded(page, baseURL ?? '', '?embed=gradient,jacobian&controls=gain,fb&n=8&fb=2');
  await expect(frame.locator('[data-panel]')).toHaveCount(2);
  await expect(frame.locator('[data-panel="gradient"] canvas').first()).toBeVisible();
  for (const gone of ['.top-bar', '.rail', '.page-foot', '[role=dialog]']) await expect(frame.locator(gone)).toHaveCount(0);
  await expect(frame.getByRole('spinbutton')).toHaveCount(2);
  expect(await inside.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);

  // A change follows into the link to the whole page, and none of it into the history of the page around.
  const entries = await page.evaluate(() => history.length);
  await frame.getByRole('spinbutton', { name: 'Forget bias', exact: true }).fill('5');
  await frame.getByRole('spinbutton', { name: 'Forget bias', exact: true }).press('Enter');
  const link = frame.getByRole('link', { name: 'Open in Unroll' });
  await expect(link).toHaveAttribute('href', '/?schema=2&n=8&T=64&fb=5&ub=0&norms=state');
  expect(await page.evaluate(() => history.length)).toBe(entries);
  await flow.open(new URL((await link.getAttribute('href')) ?? '', baseURL).href);
  await expect(flow.field('Forget bias')).toHaveValue('5');
  await expect(flow.panel('phase')).toBeVisible();
});

test('one chart and its controls fit the documented frame', async ({ page, baseURL }) => {
  const { frame, inside } = await embedded(page, baseURL ?? '', '?embed=gradient&controls=gain,fb');
  const bottom = await frame.locator('[data-panel="gradient"] .chart-host').evaluate((host) => host.getBoundingClientRect().bottom);
  expect(bottom).toBeLessThanOrEqual(420);
  expect(await inside.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)).toBe(true);
});

test('an embed that names nothing shows verdict, river and gradient, and axe finds nothing', async ({ page, flow }) => {
  await flow.open('?embed', { tour: true });
  await expect(page.locator('[data-panel]')).toHaveCount(3);
  for (const panel of ['verdict', 'river', 'gradient'] as const) await expect(flow.panel(panel)).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations).toEqual([]);
});

test('names that there are not are said, and the rest is shown', async ({ page, flow }) => {
  await flow.open('?embed=gradients,river&controls=gain,colour');
  await expect(flow.notices()).toHaveCount(2);
  await expect(flow.notices().first()).toContainText('no panel “gradients”');
  await expect(flow.notices().last()).toContainText('no control “colour”');
  await expect(page.locator('[data-panel]')).toHaveCount(1);
  await expect(flow.field('Recurrent gain')).toBeVisible();
});

test('an embed works where the browser keeps nothing', async ({ page, flow }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('blocked', 'SecurityError');
      },
    });
  });
  await flow.open('?embed=compare,gradient&controls=fb', { tour: true });
  await flow.button('Pin and compare').click();
  await flow.andAnalyse(() => flow.type('Forget bias', '4'));
  await expect(flow.comparison()).toContainText('Forget bias 1 → 4');
  await expect(flow.notices()).toHaveCount(0);
});
