import { expect, test } from '../pages/test';

const input = 'Input';

test('a text becomes the input, and an empty one changes nothing', async ({ flow, page }) => {
  await flow.open();
  await flow.andAnalyse(() => page.getByRole('combobox', { name: input, exact: true }).selectOption('text'));
  const text = page.getByRole('textbox', { name: 'Text', exact: true });
  await flow.andAnalyse(() => text.fill('to be, or not to be'));
  const rows = await flow.table('river');
  expect(rows.slice(1, 6).map((row) => row[1])).toEqual(['“t”', '“o”', '“ ”', '“b”', '“e”'].map((label) => expect.stringContaining(label.slice(1, 2).trim())));
  expect(rows).toHaveLength(20);
  const before = await flow.generation();
  await text.fill('');
  await expect(page.getByRole('alert')).toContainText('stays in use');
  expect(await flow.generation()).toBe(before);
  await expect(flow.panel('verdict')).toContainText(/After 19 steps|More than \d+ steps back/);
});

test('a CSV becomes the input, with a choice of columns', async ({ flow, page }) => {
  await flow.open();
  await page.getByRole('combobox', { name: input, exact: true }).selectOption('numbers');
  const numbers = page.getByRole('textbox', { name: 'Numbers', exact: true });
  const csv = ['day,temperature,wind', ...Array.from({ length: 30 }, (_, i) => `${i},${(10 + 5 * Math.sin(i / 3)).toFixed(2)},${(i * 7) % 5}`)].join('\n');
  await flow.andAnalyse(() => numbers.fill(csv));
  await flow.andAnalyse(() => page.getByRole('checkbox', { name: 'temperature' }).check());
  await flow.andAnalyse(() => page.getByRole('checkbox', { name: 'day' }).uncheck());
  const rows = await flow.table('river');
  expect(rows).toHaveLength(31);
  expect(rows[1][1]).toContain('10');
});

test('a broken CSV is refused with its row, and the state stays', async ({ flow, page }) => {
  await flow.open();
  const sentence = await flow.sentence('LSTM').textContent();
  await page.getByRole('combobox', { name: input, exact: true }).selectOption('numbers');
  const numbers = page.getByRole('textbox', { name: 'Numbers', exact: true });
  const before = await flow.generation();
  await numbers.fill('value\n1\n2\noops\n4');
  const complaint = page.getByRole('alert');
  await expect(complaint).toContainText('oops');
  await expect(complaint).toContainText('Row 4');
  await expect(complaint).toContainText('The input stays as it was');
  expect(await flow.generation()).toBe(before);
  await expect(flow.sentence('LSTM')).toHaveText(sentence ?? '');
  await expect(numbers).toHaveValue('value\n1\n2\noops\n4');
});

test('a file can be dropped', async ({ flow, page }) => {
  await flow.open();
  await page.getByRole('combobox', { name: input, exact: true }).selectOption('numbers');
  const drop = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['a\n1\n-2\n3\n-4\n'], 'numbers.csv', { type: 'text/csv' }));
    return data;
  });
  await flow.andAnalyse(() => page.locator('.control-numbers').dispatchEvent('drop', { dataTransfer: drop }));
  expect(await flow.table('river')).toHaveLength(5);
});
