import AxeBuilder from '@axe-core/playwright';
import { VIEWS, type View } from '../pages/lineage';
import { saveChart } from '../pages/menu';
import { coloursOf, expect, test } from '../pages/test';

/** A power of ten as tables write it. */
function log10(shown: string): number {
  if (shown === 'exactly zero') return -Infinity;
  const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
  const [mantissa, power = ''] = shown.includes('×10') ? shown.split('×10') : /^10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+$/.test(shown) ? ['1', shown.slice(2)] : [shown];
  const exponent = [...power].map((c) => (c === '⁻' ? '-' : String(digits.indexOf(c)))).join('');
  return Math.log10(Number(mantissa)) + Number(exponent || 0);
}

test('the lab is linked and opens with curves of five models, a headline that their table bears out, and costs', async ({ lineage, page }) => {
  await page.goto('train');
  await page.getByRole('navigation', { name: 'Labs' }).getByRole('link', { name: 'Lineage' }).click();
  await expect(page).toHaveURL(/\/lineage$/);
  await lineage.computed();
  await expect(page).toHaveTitle(/^Lineage/);
  await expect(lineage.headline('reach')).toHaveText(/^63 steps back, .* still hears \d+% of what it hears of the newest input; .*; the RNN [\d.]+×10⁻²⁰\.$/);
  const rows = await lineage.table('reach');
  expect(rows).toHaveLength(64);
  // Lag, five measured curves, then theory.
  const last = rows[63]?.slice(1, 6).map(log10) ?? [];
  expect(Math.min(...last)).toBeLessThan(-15);
  expect(Math.max(...last)).toBeGreaterThan(-0.5);
  expect(rows[0]?.slice(1, 6)).toEqual(['1', '1', '1', '1', '1']);
  await expect(lineage.panel('cost').locator('tbody tr')).toHaveCount(5);
  await expect(lineage.headline('cost')).toHaveText('From T = 16 on, self-attention does more work than the RNN: its scores grow with T².');
});

for (const view of Object.keys(VIEWS) as View[]) {
  test(`every panel of the ${view} view shows something, and axe finds nothing`, async ({ lineage, page }) => {
    await lineage.open(`?view=${view === 'reach' ? 'reach' : view}&T=24&n=8&target=8&back=4`);
    await expect(page.locator('[data-panel]')).toHaveCount(VIEWS[view].length);
    for (const panel of VIEWS[view]) {
      await lineage.panel(panel).scrollIntoViewIfNeeded();
      await expect(lineage.panel(panel).locator('canvas, table').first()).toBeVisible();
      await expect.poll(() => lineage.blank(panel), { message: panel }).toBe(0);
      await expect(lineage.headline(panel)).not.toHaveText('Computing…');
      expect((await lineage.headline(panel).innerText()).length).toBeGreaterThan(10);
    }
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await lineage.button('Theme').click();
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}

test('models, sizes and the loss are settings: charts follow, a link restores them, undo takes them back', async ({ lineage, page }) => {
  await lineage.open('?T=20&n=8');
  const before = await lineage.headline('reach').innerText();
  await lineage.toggle('GRU').check();
  await lineage.computed();
  expect(await lineage.panel('matrix').locator('h3').allInnerTexts()).toContain('GRU');
  await lineage.type('Keep bias', '6');
  await lineage.type('Loss before end', '5');
  await lineage.computed();
  await expect(lineage.headline('reach')).toContainText('14 steps back');
  const [address, headline] = [page.url(), await lineage.headline('reach').innerText()];
  expect(new URL(address).search).toBe('?models=rnn.lstm.gru.attention.mingru.legs&T=20&back=5&n=8&keep=6');
  await page.reload();
  await lineage.computed();
  await expect(lineage.headline('reach')).toHaveText(headline);
  await expect(lineage.toggle('GRU')).toBeChecked();
  await page.goBack();
  await page.goBack();
  await page.goBack();
  await lineage.computed();
  await expect(lineage.headline('reach')).toHaveText(before);
  await lineage.toggle('RNN').uncheck();
  await lineage.computed();
  await page.keyboard.press('Control+z');
  await expect(lineage.toggle('RNN')).toBeChecked();
});

test('the same link gives the same table, relative or absolute', async ({ lineage }) => {
  await lineage.open('?T=16&n=4&models=lstm');
  const relative = await lineage.table('reach');
  await lineage.open('?T=16&n=4&models=lstm&scale=absolute');
  const absolute = await lineage.table('reach');
  const shift = log10(absolute[0]?.[1] ?? '');
  for (const [lag, row] of absolute.entries()) expect(Math.abs(log10(row[1] ?? '') - shift - log10(relative[lag]?.[1] ?? ''))).toBeLessThan(0.01);
});

test('stories and questions are addresses that say what they show', async ({ lineage, page }) => {
  await lineage.open();
  const story = page.getByRole('region', { name: 'Story' });
  await expect(story).toContainText('A product of Jacobians forgets exponentially');
  await lineage.button('Next station').click();
  await expect(story).toContainText('a bound is not a forecast');
  await lineage.button('Stories').click();
  await expect(page.getByRole('menuitemradio', { name: 'RNN forgets' })).toHaveAttribute('aria-checked', 'true');
  await page.keyboard.press('Escape');
  await lineage.computed();
  expect(await lineage.panel('matrix').locator('h3').allInnerTexts()).toEqual(['RNN']);
  await lineage.button('You asked').click();
  await page.getByRole('menuitemradio', { name: 'Does attention end vanishing gradients?' }).click();
  await expect(page).toHaveURL(/view=attention/);
  await lineage.computed();
  await expect(lineage.headline('split')).toHaveText(/^To target step 15, the contexts bring .* times as much of the first source step as the handed-over state\.$/);
  await expect(story).toContainText('It adds a path of length one');
  await lineage.type('Keep bias', '1');
  await story.getByRole('button', { name: 'back to the preset' }).click();
  await expect(lineage.field('Keep bias')).toHaveValue('0');
});

test('the transformer: depth, heads and order follow its switches, and the matrix the sentence', async ({ lineage, page }) => {
  await lineage.open('?view=transformer&T=16&n=8&layers=3&heads=4&layer=2');
  // What the view does not use is not there, and what is under it stands in its place.
  await expect(lineage.field('Keep bias')).toBeHidden();
  const [rail, scale] = [await page.locator('#rail').boundingBox(), await lineage.field('Weight scale').boundingBox()];
  expect((scale?.x ?? Infinity) + (scale?.width ?? 0)).toBeLessThanOrEqual((rail?.x ?? 0) + (rail?.width ?? 0));
  await expect(lineage.headline('depth')).toHaveText(/^3 layers down, the gradient is at \d+% of its size at the output with norms after the sum, and at \d+% with norms first\.$/);
  const depth = await lineage.table('depth');
  expect(depth).toHaveLength(4);
  expect(depth[0]?.slice(1, 5)).toEqual(['1', '1', '1', '1']);
  expect(await lineage.panel('heads').locator('h3').allInnerTexts()).toEqual(['head 1', 'head 2', 'head 3', 'head 4']);
  await expect(lineage.headline('heads')).toContainText('Layer 2: the largest weight at query 15 is');
  await expect(lineage.headline('place')).toContainText(/hears? their own step loudest|hears its own step loudest/);
  await lineage.type('Layers', '1');
  await lineage.computed();
  await expect(lineage.panel('streams').locator('.note')).toContainText('one layer sees which steps came, not in which order');
  // The layer that is shown is one there is.
  await expect(lineage.headline('heads')).toContainText('Layer 1: ');
});

test('the spectrum: the bilinear rule turns eigenvalues, and recurrence and convolution agree', async ({ lineage }) => {
  await lineage.open('?view=spectrum&spec=real&hold=bilinear&delta=1&T=64');
  await expect(lineage.headline('poles')).toHaveText('6 of 8 eigenvalues lie below 0: their state changes its sign at every step, which no hold does.');
  const difference = await lineage.panel('kernel').locator('.note').innerText();
  const shown = /at most (\S+) of the largest/.exec(difference)?.[1] ?? '';
  expect(log10(shown === '0' ? 'exactly zero' : shown)).toBeLessThan(-13);
  await expect(lineage.headline('hold')).toContainText('At Δ = 1, Euler’s step for the input is 1.582 to 8.003 times the hold');
});

test('the selective model reads a text: the same character lets in the same, and only the sum counts', async ({ lineage, page }) => {
  await lineage.open('?view=selective&text=abcab&n=4');
  await expect(lineage.panel('opens').locator('.shaded-text span')).toHaveText(['a', 'b', 'c', 'a', 'b']);
  await expect(lineage.headline('opens')).toHaveText(/^In channel 1, “[abc]” lets in the most \(Δ = [\d.]+\), “[abc]” the least \([\d.]+\)\.$/);
  const shades = await lineage.panel('opens').locator('.shaded-text span').evaluateAll((spans) => spans.map((span) => span.getAttribute('style')));
  expect([shades[0], shades[1]]).toEqual([shades[3], shades[4]]);
  const rows = await lineage.table('kept');
  expect(rows).toHaveLength(6);
  for (const row of rows) expect(row[1]).toBe(row[2]);
  await page.getByLabel('Text', { exact: true }).fill('');
  await expect(page.getByText('The text is empty; at least one character is needed.')).toBeVisible();
  await expect(lineage.panel('opens').locator('.shaded-text span')).toHaveCount(5);
});

test('the scan is taken level by level, by button and by key, and a link keeps the level', async ({ lineage, page }) => {
  await lineage.open('?view=scan&count=8&level=0');
  const tree = lineage.panel('tree');
  await expect(lineage.headline('tree')).toHaveText(/^8 elements: Blelloch combines 14 times in 6 levels, Hillis and Steele 17 times in 3, one after another 7 times in 7\.$/);
  await expect(tree.getByRole('row')).toHaveCount(9);
  const next = tree.getByRole('button', { name: 'Next level' });
  for (let level = 1; level <= 7; level++) {
    await expect(tree.locator('.note')).toContainText(`${level - 1} of 7 levels are taken.`);
    await next.focus();
    await page.keyboard.press('Enter');
  }
  await expect(tree.locator('.note')).toContainText('All levels are taken');
  await expect(next).toBeDisabled();
  await expect(page).toHaveURL(/level=7/);
  // The identity comes out first: nothing came before the first element.
  await expect(tree.locator('tbody tr').last().locator('td').first()).toHaveText('10');
});

test('what a model cannot do and what a link has wrong is said in sentences', async ({ lineage, page }) => {
  await lineage.open('?models=rnn.legs&d=3&T=12&n=4');
  await expect(lineage.panel('reach').locator('.missing')).toHaveText('time-varying LegS: The input size is 3. It must be 1.');
  await expect(lineage.headline('reach')).toContainText('11 steps back, the RNN hears only');
  await lineage.open('?T=100000&models=rnn.transformers&view=mirror');
  for (const key of ['T=100000', 'models=transformers', 'view=mirror']) await expect(page.getByText(`(${key})`)).toBeVisible();
  // Beyond 64 steps there is a row and no matrix.
  await lineage.open('?T=100&n=4&models=lstm');
  await expect(lineage.headline('matrix')).toHaveText('Whole matrices are drawn up to 64 steps; this sequence has 100.');
  expect(await lineage.table('reach')).toHaveLength(100);
});

test('a bidirectional net hears both sides of a loss that a click moves, and stops at the future that does not exist', async ({ lineage, page }) => {
  await lineage.open('?T=20&n=6&keep=6');
  await lineage.view('Bidirectional').click();
  await expect(page).toHaveURL(/view=bidirectional/);
  await lineage.computed();
  await expect(lineage.headline('passes')).toHaveText('A loss at step 9 hears 9 inputs before it and 10 after it, at 1% of the loudest or more; the forward pass alone hears 10 of 20.');
  const canvas = lineage.panel('passes').locator('.chart-host');
  await canvas.focus();
  await page.keyboard.press('Home');
  for (let step = 0; step < 4; step++) await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await lineage.computed();
  await expect(lineage.headline('passes')).toContainText('A loss at step 4 hears 4 inputs before it and 15 after it');
  await lineage.panel('generate').getByRole('button', { name: 'Generate', exact: true }).click();
  const said = lineage.panel('generate').getByRole('status').filter({ hasText: 'Stopped' });
  await expect(said).toContainText('to write step 5 the net needs the output of step 4');
  await expect(said).toContainText('has to read 15 later steps first, from step 19 back, and none of them is written yet');
  await expect(said).toContainText(/it moves by \d+% of its length/);
  const cut = await lineage.table('generate');
  expect(cut).toHaveLength(20);
  expect(Number(cut[19]?.[1])).toBe(0);
  expect(Number(cut[4]?.[1])).toBeGreaterThan(1);
});

test('attention: both paths, their matrix, and weights that are even or sharp', async ({ lineage, page }) => {
  await lineage.open('?view=attention&T=16&n=8&keep=0&target=6');
  await expect(lineage.panel('split').getByRole('note')).toContainText('The net is not trained');
  const rows = await lineage.table('split');
  expect(rows).toHaveLength(16);
  const [all, contexts, state] = (rows[0] ?? []).slice(1, 4).map(log10);
  expect(contexts ?? 0).toBeGreaterThan((state ?? 0) + 1);
  expect(Math.abs((all ?? 0) - (contexts ?? 1))).toBeLessThan(0.1);
  await lineage.panel('gradients').getByRole('radio', { name: 'state', exact: true }).check();
  await expect(page).toHaveURL(/path=state/);
  await expect(lineage.headline('gradients')).toHaveText('The gradient through the state.');
  await lineage.type('Sharpness', '0');
  await lineage.computed();
  await expect(lineage.headline('openness')).toHaveText('The largest weight is 0.0625 on average, near the 1/T = 0.0625 of even attention.');
  await page.getByLabel('Attention', { exact: true }).selectOption('none');
  await lineage.computed();
  await expect(lineage.panel('alignment')).toContainText('Choose an attention to see its weights.');
  await expect(lineage.headline('split')).toContainText('Without attention');
});

test('a memory of polynomials holds the past up to a cliff, and the printed update runs away', async ({ lineage, page }) => {
  await lineage.open('?T=64&n=8');
  await lineage.view('Memory').click();
  await expect(page).toHaveURL(/view=memory/);
  await lineage.computed();
  await expect(lineage.headline('ends')).toHaveText('8 coefficients hold tones of up to about N/π = 2.5 cycles; beyond that, hardly anything.');
  await lineage.type('Cycles', '1');
  await lineage.computed();
  await expect(lineage.headline('past')).toHaveText(/^8 coefficients hold the past with an error of \d\.\d+%; the best fit of as many leaves [\d.]+(%|×10⁻\S+)\.$/);
  const rows = await lineage.table('past');
  expect(rows).toHaveLength(64);
  for (const row of rows) expect(Math.abs(Number((row[1] ?? '').replace('−', '-')) - Number((row[2] ?? '').replace('−', '-')))).toBeLessThan(0.4);
  await page.getByLabel('Rule', { exact: true }).selectOption('euler');
  await lineage.computed();
  const note = lineage.panel('past').getByRole('note');
  await expect(note).toHaveText(/The largest coefficient on the way was/);
  await expect(lineage.field('Keep bias')).toBeHidden();
});

test('charts are saved as pictures and tables', async ({ lineage, page }) => {
  await lineage.open('?T=12&n=4');
  const svg = await saveChart(lineage.panel('reach'), 'Save “Reach against lag” as SVG');
  expect(svg.name).toBe('unroll-reach-against-lag.svg');
  for (const text of ['11 steps back', 'LSTM', 'attention']) expect(svg.text).toContain(text);
  expect(await coloursOf(page, svg.text)).toBeGreaterThan(20);
  const csv = await saveChart(lineage.panel('cost'), 'Save “Costs” as CSV');
  expect(csv.text.split('\n')[0]).toContain('path length');
  expect(csv.text).toContain('16 T n²');
});

test('a phone shows the first curve without sideways scrolling', async ({ lineage, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await lineage.open();
  await expect(lineage.panel('reach').locator('.chart-host')).toBeInViewport();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('without workers the lab says so', async ({ lineage, page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(window, 'Worker', { value: undefined });
  });
  await lineage.open();
  await expect(lineage.headline('reach')).toContainText('this lab computes in one. Reload the page to try again.');
});
