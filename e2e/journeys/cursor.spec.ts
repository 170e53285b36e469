import { expect, test } from '../pages/test';

test('one time cursor for all charts: hover, click, keys, Escape', async ({ flow, page }) => {
  await flow.open('?T=64');
  const readOut = flow.panel('river').locator('.read-out');
  const chart = flow.panel('gradient').getByRole('group').first();
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  if (!box) throw new Error('The gradient chart is not on the page.');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(readOut).toContainText(/t = \d+/);
  await expect(page.locator('.chart-tip.open')).toContainText('LSTM');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await expect.poll(() => flow.query().get('t')).not.toBeNull();
  const pinned = Number(flow.query().get('t'));
  await page.mouse.move(5, 890);
  await expect(readOut).toContainText(`t = ${pinned}`);
  await page.locator('body').press('ArrowLeft');
  await expect(readOut).toContainText(`t = ${pinned - 1}`);
  await expect(flow.panel('spectrum').locator('.headline')).toContainText(`t = ${pinned - 1}`);
  await page.locator('body').press('End');
  await expect(readOut).toContainText('t = 64');
  await page.locator('body').press('Home');
  await expect(readOut).toContainText('t = 0');
  await page.locator('body').press('Escape');
  await expect(readOut).toContainText('Hover or drag');
});

test('Space plays the backward pass and stops it', async ({ flow, page }) => {
  await flow.open();
  const play = page.getByRole('button', { name: 'Play the backward pass' });
  await page.locator('body').press('Space');
  await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.locator('body').press('Space');
  await expect(play).toBeVisible();
  await expect(flow.panel('river').locator('.read-out')).toContainText('t = ');
  await play.click();
  // The pass ends by itself at the first state.
  await expect(play).toBeVisible();
  await expect(flow.panel('river').locator('.read-out')).toContainText('t = 0');
});

test.describe('with reduced motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });
  test('the backward pass is shown as its result', async ({ flow, page }) => {
    await flow.open();
    await page.locator('body').press('Space');
    await expect(flow.panel('river').locator('.read-out')).toContainText('t = 0');
    await expect(page.getByRole('button', { name: 'Play the backward pass' })).toBeVisible();
  });
});

test('a chart is read with the keyboard, and says what it stands on', async ({ flow, page }) => {
  await flow.open('?T=64');
  const chart = flow.panel('gradient').getByRole('group').first();
  await chart.focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await expect(flow.panel('river').locator('.read-out')).toContainText('t = 63');
  await expect(flow.panel('gradient').locator('.chart-said')).toContainText('LSTM');
});

test('the tables hold the numbers that the charts draw', async ({ flow }) => {
  await flow.open('?cells=rnn&focus=rnn&act=identity&init=orthogonal&gain=0.5&n=4&T=10');
  const rows = await flow.table('gradient');
  expect(rows).toHaveLength(11);
  // An orthogonal linear net with gain 1/2: the norm at lag k is 2^-k.
  expect(Number(rows[9][1])).toBeCloseTo(0.5, 9);
  expect(Number(rows[7][1])).toBeCloseTo(0.125, 9);
});
