import { expect, test } from '../pages/test';

test('before the module runs the page shows the fates of an empty address, and then the same live', async ({ flow, page }) => {
  await page.addInitScript(() => localStorage.setItem('unroll.tour-seen', 'yes'));
  let run = () => {};
  const held = new Promise<void>((resolve) => (run = resolve));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('./', { waitUntil: 'commit' });
  const first = page.locator('#first');
  const fates = (where = first) => where.locator('article').evaluateAll((all) => all.map((one) => [...one.querySelectorAll('.word, dd, .sentence')].map((part) => part.textContent?.trim())));
  await expect(first.locator('[data-panel="river"] svg')).toBeVisible();
  await expect(first.locator('.cell-name')).toHaveText(['RNN', 'LSTM', 'GRU']);
  const before = await fates();
  expect(before.map(([fate]) => fate)).toEqual(['▼ vanishes', '■ keeps', '▽ fades']);
  run();
  await expect(first).toHaveCount(0);
  await expect(flow.panel('verdict').locator('article')).toHaveCount(3);
  expect(await fates(flow.panel('verdict'))).toEqual(before);
});

test('an address with a state of its own does not show the picture of the first one', async ({ flow, page }) => {
  let run = () => {};
  const held = new Promise<void>((resolve) => (run = resolve));
  await page.route('**/*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('?cells=gru&T=20', { waitUntil: 'commit' });
  await expect(page.locator('#first h1')).toBeVisible();
  await expect(page.locator('#first svg')).toBeHidden();
  run();
  await expect.poll(() => flow.generation()).toBeGreaterThan(0);
  await expect(page.locator('#first')).toHaveCount(0);
});
