import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../pages/test';
import { file, Import } from '../pages/import';

/** An LSTM as torch would save it, of n units and one input, drawn uniformly. */
function lstm(n: number) {
  let state = 1;
  const draw = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return ((state / 2 ** 32 - 0.5) * 2) / Math.sqrt(n);
  };
  const shapes: Record<string, number[]> = { bias_hh_l0: [4 * n], bias_ih_l0: [4 * n], weight_hh_l0: [4 * n, n], weight_ih_l0: [4 * n, 1] };
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let at = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const count = shape.reduce((a, b) => a * b);
    header[name] = { dtype: 'F32', shape, data_offsets: [at, at + 4 * count] };
    at += 4 * count;
    parts.push(Buffer.from(Float32Array.from({ length: count }, draw).buffer));
  }
  const head = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  return file(`lstm-${n}.safetensors`, Buffer.concat([length, head, ...parts]));
}

/** Keeps workers from starting until the function that comes back is called, so that none can be through before that. */
async function holdWorkers(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/worker-*.js', async (route) => {
    await released;
    await route.continue();
  });
  return release;
}

test('a net past the interactive size says what it computes, is cancelled and taken up, and stays past the frame', async ({ flow, page }) => {
  test.slow();
  const bring = new Import(page);
  await flow.open('?cells=lstm&n=8&T=600&in=noise');
  const before = await flow.panel('verdict').textContent();
  await bring.open(lstm(400));
  const banner = page.locator('.size-banner');
  // A net that takes many seconds, and one wait for what the banner says and for its button: no machine is through with it before the click.
  const analysing = banner.filter({ hasText: /Analysing 400 units over 600 steps .*The charts show the analysis before\./ });
  await analysing.getByRole('button', { name: 'Cancel' }).click();
  await expect(banner).toContainText('The analysis of 400 units over 600 steps was cancelled.');
  expect((await new AxeBuilder({ page }).include('.size-banner').analyze()).violations).toEqual([]);
  expect(await flow.panel('verdict').textContent()).toBe(before);
  // A smaller one goes through without asking; its charts are the new net's.
  await flow.type('Steps', '40');
  await expect(page.locator('[data-panel="report"]')).toContainText('LSTM of 400 units');
  await expect(banner).toHaveCount(0);
  await flow.type('Steps', '600');
  await analysing.getByRole('button', { name: 'Cancel' }).click();
  const shown = await flow.generation();
  await banner.getByRole('button', { name: 'Compute' }).click();
  // The banner is away for a moment before the worker tells how far it is, so that its absence alone says nothing.
  await expect.poll(() => flow.generation(), { timeout: 120_000 }).toBeGreaterThan(shown);
  await expect(banner).toHaveCount(0);
  await flow.andAnalyse(() => bring.open(lstm(160)));
  await expect(page.locator('[data-panel="report"]')).toContainText('LSTM of 160 units');
  // What takes minutes waits to be asked for, and one step's spectrum too.
  await expect(flow.panel('jacobian').getByText('ρ and σ_min were not computed.')).toBeVisible();
  await expect(flow.panel('spectrum')).toContainText('takes a few seconds');
  const plane = await flow.picture('spectrum');
  await flow.panel('spectrum').getByRole('button', { name: 'Compute at t = 300' }).click();
  await expect(flow.panel('spectrum')).toContainText(/LSTM: (about [\d.]+|1) of \d+ directions at t = 300 still matters? at t = 600|From t = 300 nothing/);
  await expect.poll(() => flow.picture('spectrum')).not.toBe(plane);
});

test('a link to a large net opens with what is being computed, not with empty charts', async ({ flow, page }) => {
  await page.addInitScript(() => localStorage.setItem('unroll.tour-seen', 'yes'));
  const release = await holdWorkers(page);
  await page.goto('?cells=lstm&n=64&T=2048&in=noise');
  const banner = page.locator('.size-banner');
  await expect(banner).toContainText('Analysing 64 units over 2048 steps');
  await expect(banner).toContainText('There is no analysis to show yet.');
  await expect(flow.panel('river')).toBeHidden();
  await banner.getByRole('button', { name: 'Cancel' }).click();
  await expect(banner).toContainText('was cancelled');
  release();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await flow.andAnalyse(() => flow.type('Steps', '30'));
  await expect(banner).toHaveCount(0);
  await expect(flow.panel('river')).toBeVisible();
});

test('a refinement that waited to be asked for goes on at the worker', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?cells=lstm&n=8&T=700&in=noise');
  await flow.andAnalyse(() => bring.open(lstm(128)));
  const panel = flow.panel('jacobian');
  await expect(panel.getByText('ρ and σ_min were not computed.')).toBeVisible();
  await panel.getByRole('button', { name: 'Compute them' }).click();
  await expect(panel.getByRole('progressbar')).toBeVisible();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel.getByText('ρ and σ_min were not computed.')).toBeVisible();
});
