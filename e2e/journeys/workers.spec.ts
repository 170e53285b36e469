import { expect, test } from '../pages/test';

const LARGE = '?cells=lstm&n=48&T=128';

test('a large net is analysed by a worker, refined with progress, and the page says what it waits for', async ({ flow, page }) => {
  await flow.open('?cells=lstm&n=8&T=128');
  await flow.andAnalyse(() => flow.type('Hidden size', '48'));
  expect(page.workers().length).toBeGreaterThan(0);
  const panel = flow.panel('jacobian');
  // The table is of the net that was asked for: its σ_max at every step, and ρ once it is refined.
  await expect(panel.getByText('are being computed')).toHaveCount(0);
  const rows = await flow.table('jacobian');
  expect(rows).toHaveLength(128);
  expect(rows[0]).toHaveLength(4);
  // What the worker found is what the page finds by itself.
  await page.addInitScript(() => {
    Object.defineProperty(window, 'Worker', { value: function Worker() { throw new Error('no workers here'); } });
  });
  await page.reload();
  await expect.poll(() => flow.generation()).toBeGreaterThan(0);
  await expect(panel.getByText('are being computed')).toHaveCount(0);
  expect(await flow.table('jacobian')).toEqual(rows);
});

test('a refinement is cancelled and taken up again', async ({ flow }) => {
  // As long a refinement as there is without being asked for.
  await flow.open('?cells=lstm&n=8&T=2048&in=noise');
  await flow.andAnalyse(() => flow.type('Hidden size', '64'));
  const panel = flow.panel('jacobian');
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel.getByText('ρ and σ_min were not computed.')).toBeVisible();
  await flow.andAnalyse(() => flow.type('Steps', '64'));
  await flow.andAnalyse(() => flow.type('Hidden size', '16'));
  await expect(panel.getByText('were not computed')).toHaveCount(0);
  await expect.poll(async () => (await flow.table('jacobian'))[0]?.length).toBe(4);
});

test('dragging a large net keeps the page free, and the last value wins', async ({ flow, page }) => {
  // What the last value's analysis says, from a page that was opened with it.
  await flow.open(`${LARGE}&fb=4`);
  await expect(flow.panel('jacobian').getByText('are being computed')).toHaveCount(0);
  const verdict = flow.panel('verdict').locator('[data-cell="LSTM"]');
  const expected = (await verdict.textContent()) ?? 'nothing';
  await flow.open(LARGE);
  await expect(verdict).not.toHaveText(expected);
  const slider = flow.slider('Forget bias');
  await slider.focus();
  for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowRight');
  await expect(flow.field('Forget bias')).toHaveValue('4');
  await expect(verdict).toHaveText(expected);
  await expect(flow.panel('jacobian').getByText('are being computed')).toHaveCount(0);
  await expect(verdict).toHaveText(expected);
});

test('a worker that stops is reported and the analysis is finished without it', async ({ flow, page }) => {
  await page.route('**/worker-*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'throw new Error("broken");' }));
  await flow.open('?cells=lstm&n=8&T=128');
  await flow.type('Hidden size', '48');
  await expect(flow.notices().filter({ hasText: 'A worker stopped' })).toHaveCount(1);
  await expect(flow.panel('gates')).toContainText('forget');
  await expect(flow.panel('jacobian').getByText('are being computed')).toHaveCount(0);
  expect((await flow.table('jacobian'))[0]).toHaveLength(4);
  // The broken script is this journey's own doing.
  expect(flow.errors.filter((error) => !/broken|worker-/i.test(error))).toEqual([]);
  flow.errors.length = 0;
});

test('thirty-two seeds are drawn as bands, cancelled, hidden, and leave when the settings change', async ({ flow }) => {
  await flow.open('?cells=rnn,lstm&n=12&T=48');
  const panel = flow.panel('gradient');
  await panel.getByRole('button', { name: 'Compare 32 seeds' }).click();
  await expect(panel.getByText('the median of 32 seeds')).toBeVisible();
  await expect(panel.getByRole('list')).toContainText('LSTM median of 32 seeds');
  await flow.andAnalyse(() => flow.type('Recurrent gain', '1.5'));
  await expect(panel.getByText('The settings have changed since these seeds were run.')).toBeVisible();
  await expect(panel.getByRole('list')).not.toContainText('median of');
  await panel.getByRole('button', { name: 'Run 32 seeds again' }).click();
  await expect(panel.getByText('the median of 32 seeds')).toBeVisible();
  await panel.getByRole('button', { name: 'Hide the seeds' }).click();
  await expect(panel.getByRole('list')).not.toContainText('median of');
  // Nets large enough to be cancelled in time.
  await flow.andAnalyse(() => flow.type('Hidden size', '64'));
  await flow.andAnalyse(() => flow.type('Steps', '500'));
  await panel.getByRole('button', { name: 'Compare 32 seeds' }).click();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel.getByText(/^Cancelled after \d+ of 64 nets\.$/)).toBeVisible();
});
