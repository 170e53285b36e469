import AxeBuilder from '@axe-core/playwright';
import { readFile } from 'node:fs/promises';
import { expect, test } from '../pages/test';
import { fixture, Import } from '../pages/import';

test('a report names what holds and what loses the gradient, and what is tried says what it did', async ({ flow, page }) => {
  await flow.open('?schema=2&cells=lstm&n=8&T=60&fb=0&ub=0&norms=state');
  const report = page.locator('[data-panel="report"]');
  await expect(report).toContainText('No unit’s forget gate keeps more than 90% per step on average.');
  const horizon = async () => Number(/(\d+) (?:of \d+ )?steps/.exec((await report.locator('dt', { hasText: 'Horizon' }).locator('+ dd').textContent()) ?? '')?.[1]);
  const before = await horizon();
  const settings = page.url();
  await flow.andAnalyse(() => report.getByRole('button', { name: 'Try it: Chrono bias for the whole sequence' }).click());
  await expect(report.locator('.tried')).toHaveText(
    /^Chrono bias for the whole sequence: left \S+ → \S+, horizon \d+ steps? → (all )?\d+ steps\.$/,
  );
  expect(await horizon()).toBeGreaterThan(before);
  await expect(report).toContainText('units are held open by the forget gate');
  expect((await new AxeBuilder({ page }).include('[data-panel="report"]').analyze()).violations).toEqual([]);
  await flow.andAnalyse(() => flow.button('Undo').click());
  expect(page.url()).toBe(settings);
  await expect(report.locator('.tried')).toHaveText('');
  expect(await horizon()).toBe(before);
});

test('the layers of an imported stack are measured, and the report is saved as Markdown', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=40');
  await bring.open(await fixture('gru_three_layers_bidirectional.safetensors'));
  await flow.andAnalyse(() => bring.confirm());
  const report = page.locator('[data-panel="report"]');
  await expect(report).toContainText('layer 3 of 3, forward');
  // A net that was brought is measured without being asked for.
  const layers = report.getByRole('table', { name: 'Layers' });
  await expect(layers.locator('tbody tr')).toHaveCount(6);
  await expect(report).toContainText(/The gradient dies first in layer|The layers are about equal|In every layer the gradient still reaches/);
  await expect(report).toContainText('the 90% quantile of the whole gradient’s norm');
  // The row of the layer on the page says what the verdict says.
  const growth = await flow.panel('verdict').locator('[data-cell="GRU"] dd').nth(1).textContent();
  await expect(layers.locator('tr', { hasText: 'layer 3 of 3, forward' })).toContainText(growth ?? 'nothing');
  const download = page.waitForEvent('download');
  await report.getByRole('button', { name: 'Save as Markdown' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('unroll-gru-report.md');
  const text = await readFile(await file.path(), 'utf8');
  for (const part of ['# Report on the GRU', '| layer 1 of 3, reversed |', '## What to try', 'Clip by norm at']) expect(text).toContain(part);
  await flow.andAnalyse(() => flow.type('Steps', '30'));
  await expect(report).toContainText('The settings have changed since the measurement.');
  await expect(layers).toHaveCount(0);
  await report.getByRole('button', { name: 'Measure layers and gradient norms' }).click();
  await expect(layers.locator('tbody tr')).toHaveCount(6);
});

test('on paper there are the report and the charts, without controls', async ({ flow, page }) => {
  await flow.open('?cells=gru&focus=gru&n=4&T=20');
  await page.emulateMedia({ media: 'print' });
  await expect(page.locator('[data-panel="report"]')).toBeVisible();
  await expect(page.locator('[data-panel="gradient"] canvas').first()).toBeVisible();
  await expect(page.locator('#rail')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Print' })).toBeHidden();
});
