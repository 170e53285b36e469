import { expect, test } from '../pages/test';

const STORY: [title: string, check: { cell: 'RNN' | 'LSTM' | 'GRU'; says: RegExp }][] = [
  ['RNN forgets', { cell: 'RNN', says: /vanishing.*from lag \d+ on it is below one millionth/s }],
  ['RNN explodes', { cell: 'RNN', says: /exploding.*doubles every/s }],
  ['Orthogonal, linear', { cell: 'RNN', says: /stable.*keeps its size/s }],
  ['ReLU dies', { cell: 'RNN', says: /exactly zero from lag/ }],
  ['Edge of chaos', { cell: 'RNN', says: /growth per step\s*×(0\.9|1\.0)/s }],
  ['Non-normal transient', { cell: 'RNN', says: /after a growth to ×/ }],
  ['LSTM, forget bias −2', { cell: 'LSTM', says: /vanishing.*below one millionth/s }],
  ['LSTM, forget bias 0', { cell: 'LSTM', says: /vanishing/ }],
  ['LSTM, forget bias 1', { cell: 'LSTM', says: /vanishing/ }],
  ['LSTM, forget bias 4', { cell: 'LSTM', says: /at lag 100 .* of it is left/ }],
];

test('the presets tell the story in order', async ({ flow, page }) => {
  await flow.open();
  await flow.button('Presets').click();
  const titles = await page.getByRole('menuitemradio').locator('.preset-title').allTextContents();
  expect(titles.slice(0, STORY.length)).toEqual(STORY.map(([title]) => title));
  expect(titles.slice(STORY.length)).toEqual(['GRU keeps', 'Saturated gates', 'Chrono']);
  await page.keyboard.press('Escape');
  for (const [title, { cell, says }] of STORY) {
    await flow.andAnalyse(() => flow.choosePreset(title));
    await expect(flow.panel('verdict').locator(`[data-cell="${cell}"]`), title).toContainText(says);
  }
});

test('the menu is used with the keyboard alone', async ({ flow, page }) => {
  await flow.open();
  await flow.button('Presets').focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitemradio', { name: 'RNN forgets' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitemradio', { name: 'RNN explodes' })).toBeFocused();
  await flow.andAnalyse(() => page.keyboard.press('Enter'));
  await expect(flow.button('Presets')).toBeFocused();
  await expect.poll(() => flow.regime('RNN')).toBe('exploding');
  await flow.button('Presets').press('Enter');
  await expect(page.getByRole('menuitemradio', { name: 'RNN explodes' })).toHaveAttribute('aria-checked', 'true');
});
