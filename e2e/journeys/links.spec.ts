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
  await expect(flow.notices().filter({ hasText: 'Hidden size' })).toContainText('from 1 to 512');
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

/** A GRU of 16 units whose update gates are held open: bias 6 on each. */
const NET = { name: 'e08c1b0532a7223e', text: 'AQGFwDERAAAIAkDgDEAkoxvNWRZfAGkr2Lyq0wQ8Fg' };
const LINK = `?cells=gru&focus=gru&gru_net=${NET.name}`;

test('a link carries edited weights, and this browser keeps them as recent work', async ({ flow, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await flow.open('?cells=gru&focus=gru');
  expect(await flow.fate('GRU')).toBe('vanishes');
  const drawn = await flow.table('gradient');
  await flow.open(`${LINK}#net=${NET.text}`);
  await expect(flow.notices()).toHaveCount(0);
  const edited = await flow.table('gradient');
  expect(edited).not.toEqual(drawn);
  // What was carried is kept; the address only names it.
  expect(new URL(page.url()).hash).toBe('');
  const recent = page.getByRole('group', { name: 'Recent work' });
  const work = recent.getByRole('button', { name: 'GRU, 16 units, drawn from seed 7, 16 weights edited', exact: true });
  await expect(work).toBeVisible();
  await page.reload();
  await expect.poll(() => flow.generation()).toBeGreaterThan(0);
  expect(await flow.table('gradient')).toEqual(edited);

  // A link that is passed on carries it again; the key does what the button does.
  await flow.panel('verdict').click();
  await page.keyboard.press('l');
  await expect(page.getByRole('button', { name: 'Link copied' })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain(`gru_net=${NET.name}#net=`);

  // Opened from the list, it is one step that can be undone.
  await flow.open('?cells=gru&focus=gru');
  await flow.andAnalyse(() => work.click());
  expect(await flow.table('gradient')).toEqual(edited);
  await flow.andAnalyse(() => page.keyboard.press('Control+z'));
  expect(await flow.table('gradient')).toEqual(drawn);

  // Forgotten, its link says what is missing.
  await recent.getByRole('button', { name: /^Forget/ }).click();
  await expect(work).toHaveCount(0);
  await flow.open(LINK);
  await expect(flow.notices()).toContainText('neither in the link nor in this browser');
  expect(await flow.table('gradient')).toEqual(drawn);
});

test('a fragment that is damaged is a sentence, and the page works without it', async ({ flow, page }) => {
  await flow.open(`${LINK}#net=${NET.text.slice(0, 20)}`);
  await expect(flow.notices().filter({ hasText: 'cut off or damaged' })).toHaveCount(1);
  await expect(flow.notices().filter({ hasText: NET.name })).toHaveCount(1);
  expect(await flow.fate('GRU')).toBe('vanishes');
  await page.reload();
  await expect(flow.notices().filter({ hasText: 'cut off or damaged' })).toHaveCount(0);
});

test('where nothing is kept, edited weights still work and a notice says so', async ({ flow, page }) => {
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await flow.open(`${LINK}#net=${NET.text}`, { tour: true });
  await expect(flow.notices().filter({ hasText: 'models and edits will be forgotten' })).toHaveCount(1);
});

test('pasted numbers travel in a link', async ({ flow, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await flow.open('?cells=rnn&focus=rnn');
  await page.getByRole('combobox', { name: 'Input', exact: true }).selectOption('numbers');
  await flow.andAnalyse(() => page.getByRole('textbox', { name: 'Numbers', exact: true }).fill('level\n1\n-2\n3\n-4\n5\n'));
  const pasted = await flow.table('gradient');
  await flow.button('Share').click();
  await expect(page.getByRole('button', { name: 'Link copied' })).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.goto('?');
  await flow.open(link);
  await expect(flow.notices()).toHaveCount(0);
  expect(await flow.table('gradient')).toEqual(pasted);
});
