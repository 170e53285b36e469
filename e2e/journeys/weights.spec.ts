import AxeBuilder from '@axe-core/playwright';
import type { Panel } from '../pages/flow';
import { expect, test } from '../pages/test';
import { WeightEditor } from '../pages/weights';

const FOLLOWING: Panel[] = ['gradient', 'jacobian', 'gates', 'contribution'];

test('a weight is found with the keyboard and typed, the charts follow, and undo takes it back', async ({ flow, page }) => {
  await flow.open('?cells=lstm&focus=lstm&n=8');
  const editor = new WeightEditor(flow);
  await editor.choose('Gate block', 'forget gate f');
  await editor.grid.focus();
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'End', 'ArrowLeft']) await page.keyboard.press(key);
  await expect(editor.said).toContainText('Row 1, column 6 of W_hh, forget gate f: ');
  const was = await editor.field.inputValue();
  const before = Object.fromEntries(await Promise.all(FOLLOWING.map(async (panel) => [panel, await flow.picture(panel)])));
  await page.keyboard.type('9');
  // Typed into the field, used at Enter.
  await expect(editor.field).toBeFocused();
  await page.keyboard.type('.5');
  await flow.andAnalyse(() => page.keyboard.press('Enter'));
  await expect(editor.grid).toBeFocused();
  await expect(editor.said).toContainText('9.5, edited; it was');
  await expect(editor.headline).toHaveText('1 weight edited in the LSTM');
  for (const panel of FOLLOWING) await expect.poll(() => flow.picture(panel), { message: panel }).not.toBe(before[panel]);
  await page.keyboard.press('Control+z');
  await expect(editor.field).toHaveValue(was);
  await expect(editor.headline).toContainText('as they were drawn');
  await page.keyboard.press('Control+Shift+z');
  await expect(editor.field).toHaveValue('9.5');
  await page.keyboard.press('Enter');
  await page.keyboard.type('much');
  await page.keyboard.press('Enter');
  await expect(flow.panel('weights').getByRole('alert').first()).toContainText('“much” is not a number; the weight takes a finite number');
  await page.keyboard.press('Escape');
  await expect(editor.field).toHaveValue('9.5');
  await page.keyboard.press('Delete');
  await expect(editor.field).toHaveValue(was);
});

test('a matrix is pasted over a block, copied from it, and refused where it does not fit', async ({ flow, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await flow.open('?cells=rnn&focus=rnn&act=identity&n=2&T=20&in=noise');
  const editor = new WeightEditor(flow);
  const write = (text: string) => page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await editor.grid.scrollIntoViewIfNeeded();
  await write('[[.5, 10.]\n [0., .5]]');
  await editor.grid.focus();
  await flow.andAnalyse(() => page.keyboard.press('Control+v'));
  await expect(editor.headline).toHaveText('4 weights edited in the RNN');
  await expect(editor.said).toContainText(/No weight is selected|Row/);

  await page.keyboard.press('Control+c');
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe('0.5\t10\n0\t0.5');

  await write('1 2 3\n4 5 6');
  await page.keyboard.press('Control+v');
  await expect(flow.notices()).toContainText('The pasted matrix is 2 × 3, and W_hh is 2 × 2');
  await expect(editor.headline).toHaveText('4 weights edited in the RNN');
  await page.keyboard.press('Control+z');
  await expect(editor.headline).toContainText('as they were drawn');
});

test('a drag on the selected cell is one step of undo, and the wheel stays the page’s anywhere else', async ({ flow, page }) => {
  await flow.open('?cells=rnn&focus=rnn&n=16');
  const editor = new WeightEditor(flow);
  const at = await editor.cell(3, 5, [16, 16]);
  await page.mouse.move(at.x, at.y);
  await expect(editor.pointed).toContainText('Row 3, column 5 of W_hh: ');
  const scrolled = () => page.evaluate(() => window.scrollY);
  const top = await scrolled();
  await page.mouse.wheel(0, 40);
  await expect.poll(scrolled).toBeGreaterThan(top);
  await page.mouse.wheel(0, -40);
  await expect.poll(scrolled).toBe(top);
  await page.mouse.click(at.x, at.y);
  await expect(editor.said).toContainText('Row 3, column 5');
  const was = Number(await editor.field.inputValue());
  await flow.andAnalyse(async () => {
    await page.mouse.down();
    for (let i = 1; i <= 10; i++) await page.mouse.move(at.x, at.y - 5 * i);
    await page.mouse.up();
  });
  await expect.poll(async () => Number(await editor.field.inputValue())).toBeCloseTo(was + 0.5, 9);
  await flow.andAnalyse(() => flow.button('Undo').click());
  expect(Number(await editor.field.inputValue())).toBe(was);
  await expect(flow.button('Undo')).toBeDisabled();
  await page.mouse.click(at.x, at.y);
  await page.mouse.wheel(0, -100);
  await expect.poll(async () => Number(await editor.field.inputValue())).toBeCloseTo(was + 0.01, 9);
  await page.keyboard.press('Shift++');
  await page.keyboard.press('Alt+-');
  await expect.poll(async () => Number(await editor.field.inputValue())).toBeCloseTo(was + 0.109, 9);
  expect(await scrolled()).toBe(top);
});

test('operations change a row, a block or the whole parameter, and resets take back what they name', async ({ flow, page }) => {
  await flow.open('?cells=gru&focus=gru&n=8');
  const editor = new WeightEditor(flow);
  const alert = flow.panel('weights').getByRole('alert');
  await editor.operate(/^row of/, 'Set to zero');
  await expect(alert.last()).toContainText('No weight is selected');
  await editor.grid.focus();
  await page.keyboard.press('ArrowDown');
  await editor.operate(/^row 0/, 'Set to', '0.25');
  await expect(editor.headline).toHaveText('8 weights edited in the GRU');
  await editor.operate(/^block r/, 'Nearest orthogonal matrix');
  await expect(editor.headline).toHaveText('64 weights edited in the GRU');
  await expect(editor.button('Reset block r')).toBeEnabled();
  await editor.operate(/^all of W_hh/, 'Set spectral radius to', '1.25');
  await expect(editor.headline).toHaveText('192 weights edited in the GRU');
  await editor.operate(/^all of W_hh/, 'Randomise, seed', '7');
  await expect(flow.panel('weights')).toContainText('192 weights changed.');
  await editor.operate(/^block r/, 'Set to zero');
  await editor.operate(/^block r/, 'Set spectral radius to', '1');
  await expect(alert.last()).toContainText('Block r is nilpotent: all its eigenvalues are 0');
  await editor.operate(/^column 0/, 'Scale by', 'x');
  await expect(alert.last()).toContainText('“x” is not a number; the factor takes a finite number');
  await editor.button('Reset column 0').click();
  await expect(editor.headline).toHaveText('184 weights edited in the GRU');
  await editor.choose('Parameter', 'W_ih');
  await editor.operate(/^block r/, 'Nearest orthogonal matrix');
  await expect(alert.last()).toContainText('a block of weight_ih is 8 × 1');
  await editor.button('Reset all').click();
  await expect(editor.headline).toContainText('as they were drawn');
  await page.keyboard.press('Control+z');
  await expect(editor.headline).toHaveText('184 weights edited in the GRU');
});

test('edits are marked, outlast a reload, and rest while the cell has another size', async ({ flow, page }) => {
  await flow.open('?cells=lstm&focus=lstm&n=8');
  const editor = new WeightEditor(flow);
  const unmarked = await flow.picture('weights');
  await editor.choose('Parameter', 'b_ih');
  await editor.choose('Gate block', 'forget gate f');
  await editor.operate(/^block f/, 'Set to', '6');
  await expect(editor.headline).toHaveText('8 weights edited in the LSTM');
  await expect.poll(() => flow.picture('weights')).not.toBe(unmarked);
  // Over what the setting does.
  await flow.andAnalyse(() => flow.type('Forget bias', '-2'));
  await editor.grid.focus();
  await page.keyboard.press('End');
  await expect(editor.said).toContainText('6, edited; it was −2');
  await page.reload();
  await expect(editor.headline).toHaveText('8 weights edited in the LSTM');
  await flow.andAnalyse(() => flow.type('Hidden size', '12'));
  await expect(editor.headline).toHaveText('8 weights edited in the LSTM, at another size');
  await expect(flow.panel('weights')).toContainText('with n = 8 and d = 1, at rest while n = 12 and d = 1');
  await flow.andAnalyse(() => editor.button('Restore that size').click());
  await expect(flow.field('Hidden size')).toHaveValue('8');
  await expect(editor.headline).toHaveText('8 weights edited in the LSTM');
});

test('a block of 64 × 64 is reached to its last weight', async ({ flow, page }) => {
  await flow.open('?cells=lstm&focus=lstm&n=64');
  const editor = new WeightEditor(flow);
  await editor.click(63, 63, [64, 64]);
  await expect(editor.said).toContainText('Row 63, column 63 of W_hh, input gate i');
  await page.keyboard.press('Control+Home');
  await expect(editor.said).toContainText('Row 0, column 0');
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('a tap selects, the stepper changes, and nothing sticks out', async ({ flow, page }) => {
    await flow.open('?cells=lstm&focus=lstm&n=64');
    // A phone shows the panel folded until it is asked for.
    await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Weights' }).tap();
    const editor = new WeightEditor(flow);
    const at = await editor.cell(10, 12, [64, 64]);
    await page.touchscreen.tap(at.x, at.y);
    await expect(editor.said).toContainText('Row 10, column 12');
    const was = Number(await editor.field.inputValue());
    await flow.andAnalyse(() => editor.button('Increase the weight').tap());
    await expect.poll(async () => Number(await editor.field.inputValue())).toBeCloseTo(was + 0.01, 9);
    await editor.button('Select the weight to the right').tap();
    await expect(editor.said).toContainText('Row 10, column 13');
    expect(await editor.grid.evaluate((grid) => getComputedStyle(grid).touchAction)).toBe('auto');
    expect(await flow.overflowsSideways()).toBe(false);
  });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });

    test('axe finds nothing, with a weight selected and an operation refused', async ({ flow, page }) => {
      await flow.open('?cells=gru&focus=gru&n=8');
      const editor = new WeightEditor(flow);
      await editor.grid.focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('+');
      await editor.operate(/^block r/, 'Scale by', 'x');
      await expect(flow.panel('weights').getByRole('alert').last()).toContainText('is not a number');
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    });
  });
}
