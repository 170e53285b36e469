import { expect, test } from '../pages/test';

test('the phase map is drawn by workers, read, and jumped into', async ({ flow, page }) => {
  await flow.open('?cells=lstm&n=8&T=32');
  const panel = flow.panel('phase');
  await flow.drawMap();
  const map = panel.locator('[aria-roledescription=map]');
  await expect(map).toBeVisible();
  await expect(panel.getByRole('button', { name: 'Draw it again' })).toBeVisible();
  expect(page.workers().length).toBeGreaterThan(0);
  await expect(panel.locator('.headline')).toContainText(/The LSTM vanishes on \d+% of this map/);
  // What the map says about a point is what the page says there.
  await map.scrollIntoViewIfNeeded();
  const box = await map.boundingBox();
  if (!box) throw new Error('The map is not on the page.');
  await page.mouse.move(box.x + 300, box.y + 150);
  const said = (await panel.locator('.read-out').textContent()) ?? '';
  const growth = /growth per step (×[\d.]+)/.exec(said)?.[1] ?? 'none';
  await flow.andAnalyse(() => page.mouse.click(box.x + 300, box.y + 150));
  await expect(flow.panel('verdict').locator('[data-cell="LSTM"]')).toContainText(growth);
  expect(flow.query().get('gain')).not.toBeNull();
  expect(flow.query().get('fb')).not.toBeNull();
  // Moving along the axes leaves the map as it is; another setting makes it old.
  await expect(panel.getByText('The settings have changed')).toHaveCount(0);
  await flow.andAnalyse(() => flow.type('Input scale', '2'));
  await expect(panel.getByText('The settings have changed')).toBeVisible();
  const rows = await flow.table('phase');
  expect(rows).toHaveLength(8);
  expect(rows.flat().join()).not.toContain('–');
});

test('the map is cancelled, drawn over other axes, and used with the keyboard', async ({ flow, page }) => {
  await flow.open('?cells=lstm,rnn&n=48&T=256');
  const panel = flow.panel('phase');
  await panel.getByRole('combobox', { name: 'Up' }).selectOption('Input-gate bias');
  await flow.drawMap();
  await expect(panel.getByRole('progressbar')).toBeVisible();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel.getByText(/^Cancelled: \d+ of 4096 points are known/)).toBeVisible();
  await flow.andAnalyse(() => flow.type('Hidden size', '4'));
  await flow.andAnalyse(() => flow.type('Steps', '16'));
  await panel.getByRole('button', { name: 'Draw it again' }).click();
  await expect(panel.getByRole('progressbar')).toHaveCount(0);
  const map = panel.locator('[aria-roledescription=map]');
  await map.focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+ArrowUp');
  await expect(panel.locator('.read-out')).toContainText('growth per step');
  await flow.andAnalyse(() => page.keyboard.press('Enter'));
  await expect.poll(() => flow.query().get('ib')).not.toBeNull();
});

test('without workers the page computes the map itself and says so', async ({ flow, page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'Worker', { value: function Worker() { throw new Error('no workers here'); } });
  });
  await flow.open('?cells=rnn&focus=rnn&n=4&T=8');
  const panel = flow.panel('phase');
  await flow.drawMap();
  await expect(flow.notices().filter({ hasText: 'starts no workers' })).toHaveCount(1);
  await expect(panel.getByRole('button', { name: 'Draw it again' })).toBeVisible();
  await expect(panel.locator('.headline')).toContainText('The RNN vanishes on');
});

test('a worker that stops is reported and the map is finished without it', async ({ flow, page }) => {
  await page.route('**/worker-*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("broken");' }));
  await flow.open('?cells=rnn&focus=rnn&n=4&T=8');
  const panel = flow.panel('phase');
  await flow.drawMap();
  await expect(flow.notices().filter({ hasText: 'A worker stopped' })).toHaveCount(1);
  await expect(panel.getByRole('button', { name: 'Draw it again' })).toBeVisible();
  // The broken script is this journey's own doing.
  expect(flow.errors.filter((error) => !/broken|worker-/i.test(error))).toEqual([]);
  flow.errors.length = 0;
});
