import AxeBuilder from '@axe-core/playwright';
import { saveChart } from '../pages/menu';
import { expect, test } from '../pages/test';

test('a pinned state stands behind the live one, in charts, tables, strip and link', async ({ flow, page }) => {
  await flow.open('?cells=lstm.gru&n=8');
  const alone = await flow.table('gradient');
  await flow.button('Pin and compare').click();
  await expect(flow.comparison()).toContainText('The live state is the pinned one');
  await flow.andAnalyse(() => flow.type('Forget bias', '4'));
  await expect(flow.comparison()).toContainText(/^Forget bias 1 → 4: LSTM horizon \d+ → \d+ steps, growth per step ×[\d.]+ → ×[\d.]+; GRU as before\./);

  // The table has the live columns, then the pinned ones with the numbers of before.
  for (const panel of ['gradient', 'jacobian', 'contribution', 'gates'] as const) {
    await expect(flow.panel(panel).locator('.chart-legend').first()).toContainText('pinned: ');
  }
  const both = await flow.table('gradient');
  expect(both.map((row) => [row[0], ...row.slice(-2)])).toEqual(alone.map((row) => [row[0], ...row.slice(1, 3)]));
  expect(both.map((row) => row[1])).not.toEqual(alone.map((row) => row[1]));
  await expect(flow.panel('verdict').locator('[data-cell="LSTM"] .figures.ghost')).toContainText('pinned');

  // Named, it is called so everywhere, and a link brings all of it back.
  await flow.ghost().getByLabel('Name').fill('short memory');
  await flow.ghost().getByLabel('Name').press('Enter');
  await expect(flow.panel('gradient').locator('.chart-legend')).toContainText('short memory: LSTM');
  await expect(flow.panel('jacobian').locator('.chart-legend')).toContainText('short memory: LSTM σ_min');
  await expect(flow.panel('spectrum').locator('.chart-legend').first()).toContainText('short memory: J at');
  expect(flow.query().get('pin')).toBe('schema=2&cells=lstm.gru&n=8&T=64&fb=1&ub=0&norms=state');
  const sentence = await flow.comparison().textContent();
  await page.reload();
  await expect(flow.comparison()).toHaveText(sentence ?? '');
  await expect(flow.ghost().getByLabel('Name')).toHaveValue('short memory');
  await expect(flow.notices()).toHaveCount(0);

  const { violations } = await new AxeBuilder({ page }).include('[data-panel="compare"]').include('[data-panel="verdict"]').analyze();
  expect(violations).toEqual([]);
});

test('live and pinned are swapped in one step that can be undone, and removed', async ({ flow, page }) => {
  await flow.open('?cells=lstm&n=8&fb=4&pin=cells%3Dlstm%26n%3D8');
  await expect(flow.comparison()).toContainText('Forget bias 1 → 4');
  await flow.andAnalyse(() => flow.button('Swap').click());
  await expect(flow.comparison()).toContainText('Forget bias 4 → 1');
  await expect(flow.field('Forget bias')).toHaveValue('1');
  await flow.andAnalyse(() => page.keyboard.press('Control+z'));
  await expect(flow.comparison()).toContainText('Forget bias 1 → 4');
  await expect(flow.field('Forget bias')).toHaveValue('4');
  await flow.button('Remove the pinned state').click();
  await expect(flow.panel('gradient').getByText('pinned: LSTM')).toHaveCount(0);
  await expect.poll(() => flow.query().has('pin')).toBe(false);

  // The key does what the button does.
  await flow.panel('verdict').click();
  await page.keyboard.press('p');
  await expect(flow.comparison()).toContainText('The live state is the pinned one');
});

test('the time axis covers the longer of the two', async ({ flow }) => {
  await flow.open('?cells=rnn&focus=rnn&n=8&T=20&pin=cells%3Drnn%26focus%3Drnn%26n%3D8%26T%3D40');
  await expect(flow.comparison()).toContainText('Steps 40 → 20');
  const rows = await flow.table('gradient');
  expect(rows.length).toBe(41);
  expect(rows[40][1]).toBe('–');
  expect(rows[40].at(-1)).not.toBe('–');
});

test('a pinned state that a link may not have is named', async ({ flow }) => {
  await flow.open('?pin=n%3D9999%26fb%3D2');
  await expect(flow.notices()).toHaveCount(1);
  await expect(flow.notices()).toContainText('In the pinned state: The link\'s hidden size (n=9999)');
  await expect(flow.comparison()).toContainText('Forget bias 2 → 1');
});

test('the river shows the pinned state as an outline, also in its table and picture', async ({ flow }) => {
  await flow.open('?cells=lstm&n=8&T=20&fb=4');
  const [live] = await flow.table('river');
  await flow.open('?cells=lstm&n=8&T=20&pin=cells%3Dlstm%26n%3D8%26T%3D20%26fb%3D4&pin_name=kept');
  await expect.poll(async () => (await flow.table('river'))[0]?.length).toBe(4);
  await expect(flow.panel('river').getByRole('columnheader', { name: 'kept: LSTM' })).toBeVisible();
  const [both] = await flow.table('river');
  expect(both?.[3]).toEqual(live?.[2]);
  expect(both?.[2]).not.toEqual(live?.[2]);
  const { text: svg } = await saveChart(flow.panel('river'), 'Save “The river” as SVG');
  for (const piece of ['>kept</text>', 'stroke-dasharray="4 3"']) expect(svg).toContain(piece);
});
