import { expect, test } from '../pages/test';

const STORY: [title: string, check: { cell: 'RNN' | 'LSTM' | 'GRU'; says: RegExp }][] = [
  ['Three fates', { cell: 'LSTM', says: /keeps.*After 40 steps, 43% of the gradient is left/s }],
  ['PyTorch’s defaults', { cell: 'GRU', says: /vanishes/s }],
  ['RNN forgets', { cell: 'RNN', says: /vanishes.*More than \d+ steps back, less than a millionth is left/s }],
  ['RNN explodes', { cell: 'RNN', says: /explodes.*times what it was at the loss/s }],
  ['Orthogonal, linear', { cell: 'RNN', says: /keeps.*as large as at the loss/s }],
  ['ReLU dies', { cell: 'RNN', says: /dead.*From \d+ steps back on, the gradient is exactly zero/s }],
  ['Edge of chaos', { cell: 'RNN', says: /keeps.*After 64 steps/s }],
  ['Non-normal transient', { cell: 'RNN', says: /vanishes.*It peaks at 13 times, \d+ steps back/s }],
  ['LSTM, forget bias −2', { cell: 'LSTM', says: /vanishes.*horizon.*2 steps/s }],
  ['LSTM, forget bias 0', { cell: 'LSTM', says: /vanishes.*×0\.6\d\d/s }],
  ['LSTM, forget bias 1', { cell: 'LSTM', says: /vanishes.*×0\.8\d\d/s }],
  ['LSTM, forget bias 4', { cell: 'LSTM', says: /fades.*After 100 steps, [\d.]+% of the gradient is left.*Worst case over all losses: [\d.]+ times \(grows\)/s }],
];

test('the presets tell the story in order', async ({ flow, page }) => {
  // No state of the story, so that choosing the first one computes something.
  await flow.open('?n=9');
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
  // The one that the page shows.
  await expect(page.getByRole('menuitemradio', { name: 'Three fates' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitemradio', { name: 'RNN forgets' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('menuitemradio', { name: 'RNN explodes' })).toBeFocused();
  await flow.andAnalyse(() => page.keyboard.press('Enter'));
  await expect(flow.button('Presets')).toBeFocused();
  await expect.poll(() => flow.fate('RNN')).toBe('explodes');
  await flow.button('Presets').press('Enter');
  await expect(page.getByRole('menuitemradio', { name: 'RNN explodes' })).toHaveAttribute('aria-checked', 'true');
});
