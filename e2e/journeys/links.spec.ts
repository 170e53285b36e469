import { expect, test } from '../pages/test';

test('a link restores the whole state', async ({ flow }) => {
  await flow.open('?cells=lstm,gru&focus=gru&n=8&T=40&gain=1.25&fb=2&ub=1.5&seed=11&in=sine&period=8&loss=every&level=0.1&t=12');
  await expect(flow.checkbox('RNN')).not.toBeChecked();
  await expect(flow.focus('GRU')).toBeChecked();
  for (const [name, value] of [['Hidden size', '8'], ['Steps', '40'], ['Recurrent gain', '1.25'], ['Update bias', '1.5'], ['Seed', '11'], ['Period', '8']]) {
    await expect(flow.field(name)).toHaveValue(value);
  }
  await expect(flow.page.getByRole('combobox', { name: 'Input', exact: true })).toHaveValue('sine');
  await expect(flow.panel('river').locator('.read-out')).toContainText('t = 12');
  await expect(flow.notices()).toHaveCount(0);
});

test('values a link may not have are named and left at their defaults', async ({ flow }) => {
  await flow.open('?n=9999&gain=banana&init=nope&T=20&colour=red&t=21');
  await expect(flow.notices()).toHaveCount(5);
  await expect(flow.notices().filter({ hasText: 'Hidden size' })).toContainText('from 1 to 64');
  await expect(flow.notices().filter({ hasText: 'Recurrent gain' })).toContainText('banana');
  await expect(flow.notices().filter({ hasText: 'Initialiser' })).toContainText('nope');
  await expect(flow.notices().filter({ hasText: 'colour=red' })).toHaveCount(1);
  await expect(flow.notices().filter({ hasText: 'time cursor' })).toContainText('from 0 to 20');
  await expect(flow.field('Hidden size')).toHaveValue('16');
  await expect(flow.field('Recurrent gain')).toHaveValue('1');
  await expect(flow.field('Steps')).toHaveValue('20');
  await flow.notices().first().getByRole('button', { name: 'Dismiss this notice' }).click();
  await expect(flow.notices()).toHaveCount(4);
});

test('sharing copies a link to what is seen', async ({ flow, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await flow.open();
  await flow.type('Forget bias', '2.5');
  await flow.button('Share').click();
  await expect(page.getByRole('button', { name: 'Link copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('fb=2.5');
});

test('the theme is switched and remembered', async ({ flow, page }) => {
  await flow.open();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  const light = await flow.picture('gradient');
  await flow.button('Theme').click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect.poll(() => flow.picture('gradient')).not.toBe(light);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});
