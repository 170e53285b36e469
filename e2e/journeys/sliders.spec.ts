import { PANELS, type Panel } from '../pages/flow';
import { expect, test } from '../pages/test';

const CHARTS = PANELS.filter((panel) => !['verdict', 'compare', 'weights', 'phase', 'report'].includes(panel));

async function pictures(flow: { picture(panel: Panel): Promise<string> }) {
  return Object.fromEntries(await Promise.all(CHARTS.map(async (panel) => [panel, await flow.picture(panel)])));
}

test('dragging the forget bias from −4 to 6 opens the LSTM, and every chart follows', async ({ flow }) => {
  await flow.open('?fb=-4');
  await expect(flow.field('Forget bias')).toHaveValue('-4');
  const before = await pictures(flow);
  const start = await flow.generation();
  await flow.drag('Forget bias', { from: 0.2, to: 1 });
  const reached = Number(await flow.field('Forget bias').inputValue());
  expect(reached).toBeGreaterThanOrEqual(6);
  expect(await flow.generation()).toBeGreaterThan(start);
  await expect(flow.sentence('LSTM')).not.toContainText('one millionth');
  for (const panel of CHARTS) await expect.poll(() => flow.picture(panel), { message: panel }).not.toBe(before[panel]);
  await expect.poll(() => flow.query().get('fb')).toBe(String(reached));
});

test('dragging the gain from 0.1 to 3 turns a gradient that vanishes into one that explodes', async ({ flow }) => {
  await flow.open('?cells=rnn&focus=rnn&init=gaussian&n=32&scale=0.1&gain=0.1');
  expect(await flow.fate('RNN')).toBe('vanishes');
  await flow.drag('Recurrent gain', { from: 0, to: 1 });
  expect(Number(await flow.field('Recurrent gain').inputValue())).toBeGreaterThanOrEqual(3);
  await expect.poll(() => flow.fate('RNN')).toBe('explodes');
});

test('a drag is one step of undo, and undo, redo, back and forward agree', async ({ flow, page }) => {
  await flow.open();
  await expect(flow.button('Undo')).toBeDisabled();
  await flow.drag('Recurrent gain', { from: 0.3, to: 0.8, moves: 12 });
  const dragged = await flow.field('Recurrent gain').inputValue();
  expect(dragged).not.toBe('1');
  await flow.andAnalyse(() => flow.button('Undo').click());
  await expect(flow.field('Recurrent gain')).toHaveValue('1');
  await expect(flow.button('Undo')).toBeDisabled();
  await flow.andAnalyse(() => flow.button('Redo').click());
  await expect(flow.field('Recurrent gain')).toHaveValue(dragged);
  await page.keyboard.press('Control+z');
  await expect(flow.field('Recurrent gain')).toHaveValue('1');
  await flow.type('Forget bias', '3');
  await expect.poll(() => flow.query().get('fb')).toBe('3');
  await flow.type('Forget bias', '2');
  await expect.poll(() => flow.query().get('fb')).toBe('2');
  await page.goBack();
  await expect(flow.field('Forget bias')).toHaveValue('3');
  await page.goForward();
  await expect(flow.field('Forget bias')).toHaveValue('2');
});

test('a field takes keys, refuses nonsense with a sentence, and resets', async ({ flow, page }) => {
  await flow.open();
  const field = flow.field('Forget bias');
  await field.focus();
  await field.press('ArrowUp');
  const stepped = Number(await field.inputValue());
  expect(stepped).toBeGreaterThan(4);
  await field.fill('banana');
  await field.press('Enter');
  await expect(page.getByRole('alert')).toContainText('Forget bias');
  await expect(page.getByRole('alert')).toContainText('banana');
  await field.press('Escape');
  await expect(field).toHaveValue(String(stepped));
  await page.getByRole('button', { name: /^Reset Forget bias/ }).click();
  await expect(field).toHaveValue('4');
});

test('help explains a setting with its formula', async ({ flow, page }) => {
  await flow.open();
  await page.getByRole('button', { name: /Forget bias/ }).filter({ hasText: '?' }).click();
  const help = page.locator('.control-help-panel');
  await expect(help).toBeVisible();
  await expect(help.locator('math')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(help).toHaveCount(0);
});

test('cells are overlaid and taken away, and the focus moves with them', async ({ flow }) => {
  await flow.open();
  await flow.andAnalyse(() => flow.checkbox('RNN').uncheck());
  await expect(flow.panel('verdict').locator('[data-cell]')).toHaveCount(2);
  await flow.focus('GRU').check();
  await expect(flow.panel('gates').getByText('update gate z')).toBeVisible();
  await expect.poll(() => flow.query().get('focus')).toBe('gru');
  await flow.andAnalyse(() => flow.checkbox('LSTM').uncheck());
  // One cell always stays.
  await expect(flow.checkbox('GRU')).toBeDisabled();
});

test('the smallest and the longest experiment are drawn', async ({ flow }) => {
  await flow.open('?n=1&T=1&in=noise');
  for (const panel of ['gradient', 'jacobian', 'river', 'spectrum'] as const) {
    await expect.poll(async () => Math.max(...(await flow.painted(panel)))).toBeGreaterThan(0);
  }
  await flow.andAnalyse(() => flow.type('Steps', '512'));
  expect(await flow.table('gradient')).toHaveLength(513);
});

test('the help of every setting has its formula on one line', async ({ flow, page }) => {
  await flow.open();
  let formulas = 0;
  for (const help of await page.getByRole('button', { name: /^Help: / }).all()) {
    await help.click();
    const math = page.locator('.control-formula math');
    if ((await math.count()) > 0) {
      formulas++;
      const box = await math.boundingBox();
      // Stacked letters would be higher than wide.
      expect(box && box.height / box.width, (await help.getAttribute('aria-label')) ?? '').toBeLessThan(0.6);
    }
    await page.keyboard.press('Escape');
  }
  expect(formulas).toBeGreaterThan(5);
});
