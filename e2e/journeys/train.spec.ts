import AxeBuilder from '@axe-core/playwright';
import type { Cell } from '../pages/flow';
import { saveChart } from '../pages/menu';
import { coloursOf, expect, test } from '../pages/test';
import { TRAIN_PANELS, type TrainPanel } from '../pages/train';
import { FOLDER_URL } from '../playwright.config';

/** Small nets on a short task: quick on any machine. */
const SMALL = '?T=12&n=8&batch=8';
const ALL: Cell[] = ['RNN', 'LSTM', 'GRU'];

test('the labs are linked, also in a sub-folder, and the way back works', async ({ train, page }) => {
  await page.addInitScript(() => localStorage.setItem('unroll.tour-seen', 'yes'));
  await page.goto(FOLDER_URL);
  await expect(train.link('Flow')).toHaveAttribute('aria-current', 'page');
  await train.link('Train').click();
  await expect(page).toHaveURL(`${FOLDER_URL}train`);
  await expect(train.link('Train')).toHaveAttribute('aria-current', 'page');
  await page.reload();
  await expect(train.button('Start')).toBeVisible();
  await page.goBack();
  await expect(page.locator('[data-panel="river"]')).toBeVisible();
  await page.goForward();
  await expect(train.button('Start')).toBeVisible();
  await train.step(['RNN'], 1);
  await train.link('Flow').click();
  await expect(page.locator('[data-panel="river"]')).toBeVisible();
});

test('before the first step every panel says what to do', async ({ train }) => {
  await train.open(SMALL);
  for (const panel of TRAIN_PANELS.filter((panel) => !['run', 'runs', 'cliff'].includes(panel))) await expect(train.panel(panel)).toContainText('press Start');
  for (const cell of ALL) await expect(train.state(cell)).toHaveText('not started');
  await expect(train.button('Restart')).toBeDisabled();
});

test('starting, pausing and stepping: all cells train and every chart has points', async ({ train }) => {
  await train.open(SMALL);
  await train.runUntil(ALL, 60);
  for (const cell of ALL) await expect(train.state(cell)).toHaveText('paused');
  await expect(train.headline('loss')).toContainText('leads with a loss of');
  expect((await train.table('loss')).length).toBeGreaterThan(50);
  // Columns for the iteration and each net's norm before and after clipping. A net that is far ahead has points at fewer of its iterations, so
  // that a row need not have all nets, but it has its iteration and both norms of one.
  const norms = await train.table('gradient');
  expect(norms.length).toBeGreaterThan(50);
  for (const row of norms) {
    expect(row).toHaveLength(1 + 2 * ALL.length);
    expect(row.filter((norm) => /\d/.test(norm)).length).toBeGreaterThanOrEqual(3);
  }
  expect((await train.table('waterfall')).length).toBeGreaterThan(50);
  expect(await train.table('lags')).toHaveLength(12);
  expect((await train.table('spectrum')).length).toBeGreaterThan(5);
  expect((await train.table('gates')).length).toBeGreaterThan(50);
  // The shares of the weight gradient add up to 1; the table shows them to four digits.
  const shares = (await train.table('lags')).map((row) => Number(row[1])).filter(Number.isFinite);
  expect(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1)).toBeLessThan(0.05);
});

test('the same seed gives the same losses, run or stepped', async ({ train }) => {
  await train.open(`${SMALL}&speed=100`);
  const sixth = async () => (await train.table('loss')).find((row) => row[0] === '5');
  await train.step(ALL, 6);
  const mean = await sixth();
  expect(mean).toHaveLength(4);
  const losses = await Promise.all(ALL.map((cell) => train.loss(cell)));
  await train.button('Restart').click();
  for (const cell of ALL) await expect.poll(() => train.iteration(cell)).toBe(0);
  await train.step(ALL, 6);
  expect(await Promise.all(ALL.map((cell) => train.loss(cell)))).toEqual(losses);
  // Run instead of stepped, the first six losses have the same mean.
  await train.button('Restart').click();
  await train.runUntil(ALL, 20);
  expect(await sixth()).toEqual(mean);
  await train.type('Seed', '8');
  await expect(train.panel('run').getByRole('status')).toHaveText('Takes effect on restart: Seed.');
  await train.button('Restart').click();
  await expect(train.panel('run').getByRole('status')).toHaveText('');
  await train.step(ALL, 6);
  expect(await Promise.all(ALL.map((cell) => train.loss(cell)))).not.toEqual(losses);
});

test('learning rate, clipping and truncation change while it runs, without a restart', async ({ train, page }) => {
  await train.open(`${SMALL}&cells=lstm`);
  await train.button('Start').click();
  await expect.poll(() => train.iteration('LSTM')).toBeGreaterThan(30);
  await expect(train.run('LSTM')).toContainText('a second');
  await train.type('Learning rate', '0.05');
  await train.type('Threshold', '0.001');
  const clipped = async () => (await train.table('gradient')).at(-1)?.join(' ');
  await expect.poll(clipped).toContain('10⁻³');
  await expect(train.headline('gradient')).toContainText(/[1-9]\d*% for LSTM/);
  await page.getByRole('radiogroup', { name: 'Truncation' }).getByRole('radio', { name: 'window' }).check();
  await train.type('Window', '3');
  await expect(train.headline('lags')).toContainText('The window of 3 steps holds');
  await expect(train.panel('lags').getByRole('list')).toContainText('edge of the window');
  await expect(train.panel('run').getByRole('status')).toHaveText('');
  await expect(train.state('LSTM')).toHaveText('training');
  await expect(page).toHaveURL(/lr=0\.05.*window=3/);
  const before = await train.iteration('LSTM');
  await expect.poll(() => train.iteration('LSTM')).toBeGreaterThan(before);
});

test('truncation in stretches shows how far the gradient it uses is off the full one', async ({ train, page }) => {
  await train.open(`${SMALL}&cells=lstm`);
  await train.step(['LSTM'], 3);
  await expect(train.headline('cut')).toContainText('complete');
  await expect(train.panel('cut')).toContainText('Choose a truncation');
  await page.getByRole('radiogroup', { name: 'Truncation' }).getByRole('radio', { name: 'stretches' }).check();
  await train.type('Window', '3');
  await train.type('Stretch', '2');
  await expect(page).toHaveURL(/trunc=k1k2.*window=3.*k1=2/);
  await train.button('Start').click();
  await expect(train.headline('cut')).toContainText(/LSTM’s truncated gradient is (\d+(\.\d)?% )?as long as the full one and \d+(\.\d)?° off it/);
  await expect.poll(async () => (await train.table('cut')).length).toBeGreaterThan(10);
  await expect(train.panel('run').getByRole('status')).toHaveText('');
});

test('difficulty, state and regulariser need a restart and say so', async ({ train, page }) => {
  await train.open(`${SMALL}&cells=rnn&focus=rnn&task=latch`);
  await train.step(['RNN'], 2);
  const plain = await train.loss('RNN');
  await train.type('Noise', '1.5');
  await page.getByRole('combobox', { name: 'State', exact: true }).selectOption({ label: 'carried over' });
  await train.type('Regulariser Ω', '3');
  await expect(train.panel('run').getByRole('status')).toHaveText('Takes effect on restart: Noise, State, Regulariser Ω.');
  await train.button('Restart').click();
  await train.step(['RNN'], 2);
  expect(await train.loss('RNN')).not.toEqual(plain);
  await expect(page).toHaveURL(/noise=1\.5.*carry=on.*omega=3/);
});

test('float32 and float64 tell the same story, and the choice needs a restart', async ({ train, page }) => {
  await train.open(SMALL);
  await train.step(ALL, 2);
  const single = await train.table('waterfall');
  await page.getByRole('radiogroup', { name: 'Arithmetic' }).getByRole('radio', { name: 'float64' }).check();
  await expect(train.panel('run').getByRole('status')).toHaveText('Takes effect on restart: Arithmetic.');
  await expect(page).toHaveURL(/bits=64/);
  await train.button('Restart').click();
  await train.step(ALL, 2);
  const double = await train.table('waterfall');
  expect(double).toHaveLength(single.length);
  for (const [i, row] of double.entries()) {
    for (const [j, number] of row.entries()) {
      if (single[i][j] !== number) expect(Number(single[i][j])).toBeCloseTo(Number(number), 3);
    }
  }
});

test('the loss cliff throws the unclipped descent away, and its start can be moved', async ({ train, page }) => {
  await train.open();
  const cliff = train.panel('cliff');
  await expect(cliff.locator('.headline')).toContainText('Unclipped, the descent meets a gradient of 745');
  const maps = cliff.getByRole('group', { name: /Without clipping|Gradient clipped/ });
  await expect(maps).toHaveCount(2);
  await expect(maps.first()).toHaveAttribute('aria-label', /off this map/);
  await expect(maps.last()).toHaveAttribute('aria-label', /ends at w = 4\.01, b = −1\.97, loss 5\.49×10⁻⁴/);
  // By key, by click, by the rate: each starts both descents anew.
  await maps.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(maps.last()).not.toHaveAttribute('aria-label', /w = 4\.01, b = −1\.97/);
  await maps.last().click({ position: { x: 120, y: 60 } });
  await train.type('Descent rate', '1');
  await cliff.getByRole('button', { name: 'Back to the wall' }).click();
  await expect(cliff.locator('.headline')).toContainText('a gradient of 745');
  expect(await train.table('cliff')).toHaveLength(21);
});

test('the curves, the waterfall and the cliff are pictures', async ({ train, page }) => {
  await train.open(`${SMALL}&cells=lstm`);
  await train.step(['LSTM'], 4);
  const save = async (panel: TrainPanel, label: string) => (await saveChart(train.panel(panel), `Save “${label}” as SVG`)).text;
  for (const text of ['<title>Loss by iteration</title>', 'baseline: no memory', 'stroke-width="1.75"']) expect(await save('loss', 'Loss by iteration')).toContain(text);
  const waterfall = await save('waterfall', 'Gradient by time and iteration');
  expect(waterfall).toContain('<title>LSTM: gradient by time and iteration</title>');
  const cliff = await save('cliff', 'Loss cliff, gradient clipped by norm');
  for (const text of ['<title>Gradient clipped by norm: steepest gradient', '>recurrent weight w</text>', '>bias b</text>']) expect(cliff).toContain(text);
  expect(await coloursOf(page, cliff)).toBeGreaterThan(50);
});

test('a run that diverges says so, keeps its history and goes on with clipping', async ({ train, page }) => {
  await train.open();
  await train.button('Clipping saves a run').click();
  await train.button('Start').click();
  await expect(train.state('RNN')).toHaveText('stopped');
  await expect(train.run('RNN')).toContainText(/It diverged at iteration 2\d\d: .*clip the gradient/);
  expect(await train.iteration('RNN')).toBeGreaterThan(150);
  expect((await train.table('loss')).length).toBeGreaterThan(150);
  // Nothing is left to start, and that is said until there is.
  const over = page.getByText('No net can go on from here');
  await train.button('Start').click();
  await expect(over).toBeVisible();
  await expect(train.button('Start')).toBeVisible();
  await train.run('RNN').getByRole('button', { name: /Continue from the last good checkpoint/ }).click();
  await expect(train.state('RNN')).toHaveText('training');
  await expect(over).toHaveCount(0);
  await expect(train.panel('loss').getByRole('list')).toContainText('abandoned');
  await expect.poll(() => train.iteration('RNN'), { timeout: 40_000 }).toBeGreaterThan(400);
  await expect(train.headline('loss')).toContainText('lower than a net without memory');
  await expect(train.field('Threshold')).toHaveValue('1');
});

test('the examples show what is right and what the net in focus answers', async ({ train }) => {
  await train.open(`${SMALL}&focus=gru`);
  await train.step(ALL, 1);
  await expect(train.panel('examples').locator('tbody tr')).toHaveCount(3);
  await expect(train.panel('examples').locator('tbody tr').first()).toContainText(/0\.\d\d at step \d+ and 0\.\d\d at step \d+/);
  await expect(train.headline('examples')).toContainText('GRU answers');
});

test('S takes a step, Space starts and pauses, but not in a field', async ({ train, page }) => {
  await train.open(SMALL);
  await page.keyboard.press('s');
  await expect.poll(() => train.iteration('LSTM')).toBe(1);
  await page.keyboard.press('Space');
  await expect(train.state('LSTM')).toHaveText('training');
  await page.keyboard.press('Space');
  await expect(train.state('LSTM')).toHaveText('paused');
  await train.field('Hidden size').focus();
  await page.keyboard.press('Space');
  await expect(train.state('LSTM')).toHaveText('paused');
});

test('a link restores the settings, and what it may not have is named', async ({ train, page }) => {
  await train.open('?task=text&T=20&text=abcabcabcabcabcabcabcabcabc&cells=gru&clip=off&opt=sgd&init=orthogonal&n=999');
  await expect(page.getByRole('combobox', { name: 'Task', exact: true })).toHaveValue('text');
  await expect(page.getByRole('textbox', { name: 'Text', exact: true })).toHaveValue(/^abcabc/);
  await expect(train.field('Hidden size')).toHaveValue('32');
  await expect(page.locator('.notice')).toHaveCount(1);
  await expect(page.locator('.notice')).toContainText('from 1 to 128');
  await train.step(['GRU'], 2);
  await expect(train.run('RNN')).toHaveCount(0);
  await train.type('Length', '30');
  await train.button('Restart').click();
  await expect(train.run('GRU')).toContainText('at least 31 characters');
});

test('a worker that does not load is reported, and the page trains in its own thread', async ({ train, page }) => {
  await page.route('**/worker-*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("broken");' }));
  await train.open(`${SMALL}&cells=rnn`);
  await train.button('Start').click();
  await expect(page.locator('.notice').filter({ hasText: /A worker stopped; training runs in the page’s own thread.*Restart tries a worker again/ })).toHaveCount(1);
  await expect(train.state('RNN')).toHaveText('training');
  await expect.poll(() => train.iteration('RNN')).toBeGreaterThan(20);
  // The broken script is this journey's own doing.
  expect(train.errors.filter((error) => !/broken|worker-/i.test(error))).toEqual([]);
  train.errors.length = 0;
});

test('a worker of another version, and one that never answers, are noticed, and the page trains in its own thread', async ({ train, page }) => {
  let words = "postMessage('unroll 0123456789abcdef');";
  let started = 0;
  await page.route('**/worker-*.js', (route) => {
    started += 1;
    return route.fulfill({ contentType: 'text/javascript', body: words });
  });
  await train.open(`${SMALL}&cells=rnn`);
  await train.button('Start').click();
  await expect(page.locator('.notice').filter({ hasText: 'The workers belong to another version of Unroll than this page' })).toHaveCount(1);
  await expect.poll(() => train.iteration('RNN')).toBeGreaterThan(20);
  expect(started, 'it was replaced once').toBe(2);
  words = '';
  await page.reload();
  await train.button('Start').click();
  await expect(page.locator('.notice').filter({ hasText: 'A worker did not answer' })).toHaveCount(1, { timeout: 60_000 });
  await expect.poll(() => train.iteration('RNN')).toBeGreaterThan(20);
  expect(started, 'it was replaced once').toBe(4);
});

test('a worker that stops on the way is replaced, and its run begins again', async ({ train, page }) => {
  await page.route('**/worker-*.js', async (route) => {
    const original = await (await route.fetch()).text();
    // The third order, after those of the first step, is that of Start.
    const breaks = "let orders = 0; addEventListener('message', () => { if (++orders === 3) throw new Error('broken'); });";
    await route.fulfill({ contentType: 'text/javascript', body: `${original}\n${breaks}` });
  }, { times: 1 });
  await train.open(`${SMALL}&cells=rnn&speed=100`);
  await train.step(['RNN'], 1);
  await train.button('Start').click();
  await expect(page.locator('.notice')).toContainText('The worker of the RNN stopped');
  await expect(train.state('RNN')).toHaveText('training');
  await expect.poll(() => train.iteration('RNN')).toBeGreaterThan(20);
  // The broken script is this journey's own doing.
  expect(train.errors.filter((error) => !/broken|worker-/i.test(error))).toEqual([]);
  train.errors.length = 0;
});

test('a worker that stops late is replaced, and its run goes on from the last checkpoint', async ({ train, page }) => {
  await page.route('**/worker-*.js', async (route) => {
    const original = await (await route.fetch()).text();
    // The change of the learning rate to 0.02 is the order that breaks it.
    const breaks = "addEventListener('message', (event) => { if (/lr=0\\.02/.test(new TextDecoder().decode(event.data[2]))) throw new Error('broken'); });";
    await route.fulfill({ contentType: 'text/javascript', body: `${original}\n${breaks}` });
  }, { times: 1 });
  await train.open(`${SMALL}&cells=rnn&focus=rnn&speed=100`);
  await train.button('Start').click();
  await expect(train.headline('checkpoints')).toContainText(/([3-9]|\d\d) checkpoints/);
  await train.type('Learning rate', '0.02');
  await expect(page.locator('.notice')).toContainText(/goes on from its checkpoint at iteration \d*[05]0/);
  const before = await train.iteration('RNN');
  expect(before).toBeGreaterThanOrEqual(100);
  await expect.poll(() => train.iteration('RNN')).toBeGreaterThan(before + 20);
  // The broken script is this journey's own doing.
  expect(train.errors.filter((error) => !/broken|worker-/i.test(error))).toEqual([]);
  train.errors.length = 0;
});

test('where there are no workers, the page trains in its own thread, with the same losses', async ({ train, page }) => {
  await train.open(SMALL);
  await train.step(ALL, 3);
  const losses = await Promise.all(ALL.map((cell) => train.loss(cell)));
  await page.addInitScript(() => Reflect.deleteProperty(window, 'Worker'));
  await page.reload();
  await train.step(ALL, 3);
  expect(await Promise.all(ALL.map((cell) => train.loss(cell)))).toEqual(losses);
  await expect(page.locator('.notice')).toContainText('the page’s own thread');
  await train.runUntil(ALL, 60);
  for (const cell of ALL) await expect(train.state(cell)).toHaveText('paused');
});

test('the checkpoints lead back: marked in the charts, trained on, saved and opened in Flow', async ({ train, page }) => {
  await train.open(`${SMALL}&cells=lstm&speed=100`);
  await train.runUntil(['LSTM'], 170);
  const slider = page.getByRole('slider', { name: 'Checkpoint' });
  await slider.focus();
  await page.keyboard.press('Home');
  await expect(slider).toHaveAttribute('aria-valuetext', /^iteration 0, loss/);
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuetext', /^iteration 100, loss/);
  await expect(train.headline('checkpoints')).toContainText('chosen is before iteration 100');
  // The same by the lab's own keys.
  await slider.blur();
  await page.keyboard.press('ArrowLeft');
  await expect(slider).toHaveAttribute('aria-valuetext', /^iteration 50, loss/);
  await page.keyboard.press('ArrowRight');
  await expect(slider).toHaveAttribute('aria-valuetext', /^iteration 100, loss/);

  const weights = page.waitForEvent('download');
  await train.button('Weights as safetensors').click();
  expect((await weights).suggestedFilename()).toBe('unroll-lstm-iteration-100.safetensors');
  const curves = page.waitForEvent('download');
  await train.button('Curves as CSV').click();
  expect((await curves).suggestedFilename()).toBe('unroll-training-curves.csv');

  // From the checkpoint on, the same steps have the same losses.
  const row = async (iteration: string) => (await train.table('loss')).find((cells) => cells[0] === iteration)?.[1];
  const mean = await row('120');
  await train.button('Train on from iteration 100').click();
  await expect.poll(() => train.iteration('LSTM')).toBe(100);
  await train.step(['LSTM'], 21);
  expect(await row('120')).toEqual(mean);

  await slider.focus();
  await page.keyboard.press('End');
  await train.button('Inspect in Flow').click();
  await expect(page).toHaveURL(/cells=lstm.*lstm_net=[0-9a-f]{16}/);
  await expect(page.locator('[data-panel="river"]')).toBeVisible();
  await expect(page.locator('body')).toContainText('LSTM after 100 iterations on Adding');
  // On a sequence of the task, which has two inputs a step, and as long as the task's.
  await expect(page).toHaveURL(/in=numbers/);
  await expect(page.locator('body')).toContainText('The sequence is the first of the batch that comes after 100 iterations of Adding.');

  // Back at the run, as it was left.
  await page.goBack();
  await expect.poll(() => train.iteration('LSTM')).toBe(100);
  await expect(train.button('Start')).toBeVisible();
  await expect(train.headline('checkpoints')).toContainText('before iteration 100');
  await train.step(['LSTM'], 21);
  expect(Math.abs(Number(await row('120')) / Number(mean) - 1)).toBeLessThan(1e-9);
});

test('after closing the page the run is offered, goes on with the same losses, and can be discarded', async ({ train, page }) => {
  await train.open(`${SMALL}&cells=lstm&seed=3&speed=100`);
  await train.runUntil(['LSTM'], 60);
  const last = await train.iteration('LSTM');
  await expect(train.headline('checkpoints')).toContainText(`the last is before iteration ${last}`);
  await train.step(['LSTM'], 3);
  const mean = async () => Number((await train.table('loss')).find((row) => row[0] === String(last + 2))?.[1]);
  const uninterrupted = await mean();
  // The way into another page and back, by an address without settings.
  await page.goto('');
  await train.open();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await train.button(`Continue at iteration ${last}`).click();
  await expect(page).toHaveURL(/seed=3/);
  await expect.poll(() => train.iteration('LSTM')).toBeGreaterThan(last + 3);
  await train.pause();
  // The curves from before were kept in single precision.
  expect(Math.abs((await mean()) / uninterrupted - 1)).toBeLessThan(1e-3);

  await page.goto('');
  await train.open();
  await train.button('Discard').click();
  await expect(train.panel('left')).toHaveCount(0);
  await page.reload();
  await expect(train.button('Start')).toBeVisible();
  await expect(train.panel('left')).toHaveCount(0);
});

test('settings are undone and redone, by button and by key', async ({ train, page }) => {
  await train.open(SMALL);
  await expect(train.button('Undo')).toBeDisabled();
  await train.type('Seed', '9');
  await train.type('Hidden size', '5');
  await train.button('Undo').click();
  await expect(train.field('Hidden size')).toHaveValue('8');
  await train.button('Start').focus();
  await page.keyboard.press('Control+z');
  await expect(train.field('Seed')).toHaveValue('7');
  await expect(page).not.toHaveURL(/seed/);
  await page.keyboard.press('Control+Shift+z');
  await expect(train.field('Seed')).toHaveValue('9');
  await train.button('Redo').click();
  await expect(train.field('Hidden size')).toHaveValue('5');
  await expect(page).toHaveURL(/n=5/);
});

test('on a phone nothing sticks out or moves, and a run is started and paused from anywhere on the page', async ({ train, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await train.open(SMALL);
  await train.panel('examples').scrollIntoViewIfNeeded();
  await expect(train.button('Start')).toBeInViewport({ ratio: 1 });
  await train.runUntil(ALL, 30);
  await expect(train.button('Start')).toBeInViewport({ ratio: 1 });
  // What changes while it trains moves no chart.
  await page.evaluate(() => {
    const chart = document.querySelector('[data-panel="loss"] canvas');
    if (!chart) throw new Error('the loss has no chart');
    const places = new Set<number>();
    const look = () => {
      places.add(Math.round(chart.getBoundingClientRect().top + scrollY));
      requestAnimationFrame(look);
    };
    Object.assign(window, { places });
    look();
  });
  await train.runUntil(ALL, 200);
  expect(await page.evaluate(() => (window as unknown as { places: Set<number> }).places.size)).toBe(1);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth)).toBe(false);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme });
    test('axe finds nothing, before the start and with a table open', async ({ train, page }) => {
      await train.open(`${SMALL}&speed=100`);
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      await train.runUntil(ALL, 40);
      await train.table('loss');
      await train.type('Seed', '9');
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    });
  });
}
