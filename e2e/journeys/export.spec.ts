import { readFile } from 'node:fs/promises';
import { saveChart } from '../pages/menu';
import { coloursOf, expect, test } from '../pages/test';

test('the cell in focus is saved as traces, weights, experiment and script', async ({ flow, page }) => {
  await flow.open('?cells=rnn,gru&focus=gru&n=3&T=12&input=noise');
  const save = async (label: string) => {
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: label, exact: true }).click();
    const file = await download;
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  };
  const csv = await save('Traces as CSV');
  expect(csv.name).toBe('unroll-gru-traces.csv');
  const lines = csv.bytes.toString().trim().split('\n');
  expect(lines).toHaveLength(14);
  expect(lines[0]).toContain('spectral_radius');
  // The file says what the page's table says.
  const column = lines[0]?.split(',').indexOf('sigma_max') ?? -1;
  const table = await flow.table('jacobian');
  const shown = table.find((row) => row[0] === '12') ?? [];
  const saved = Number(lines[13]?.split(',')[column]);
  expect(shown.some((cell) => Math.abs(Number(cell) - saved) < 1e-3 * saved)).toBe(true);

  const traces = JSON.parse((await save('Traces as JSON')).bytes.toString());
  expect(traces.format).toBe('unroll-traces');
  expect(traces.steps.sigma_max).toHaveLength(12);
  expect(JSON.parse((await save('Experiment as JSON')).bytes.toString()).format).toBe('unroll-experiment');
  const weights = await save('Weights as safetensors');
  expect(weights.name).toBe('unroll-gru-weights.safetensors');
  const header = JSON.parse(weights.bytes.subarray(8, 8 + Number(weights.bytes.readBigUInt64LE(0))).toString());
  expect(header.weight_hh_l0).toMatchObject({ dtype: 'F64', shape: [9, 3] });
  expect((await save('PyTorch script')).bytes.toString()).toContain('import torch');
});

test('a chart is saved as a picture, as vectors and at twice the size', async ({ flow }) => {
  await flow.open('?cells=rnn,lstm&n=4&T=20');
  const save = (label: string) => saveChart(flow.panel('gradient'), label);
  const svg = await save('Save “Gradient norms by state” as SVG');
  expect(svg.name).toBe('unroll-gradient-norms-by-state.svg');
  for (const text of ['<title>Gradient norms by state</title>', 'gradient norm', 'LSTM']) expect(svg.bytes.toString()).toContain(text);
  // Two measured curves of 21 states each.
  expect(svg.bytes.toString().match(/<path d="M[^"L]*(L[^"L]*){20}"[^>]* stroke-width="2"\/>/g)).toHaveLength(2);
  const png = await save('Save “Gradient norms by state” as PNG');
  expect(png.bytes.subarray(1, 4).toString()).toBe('PNG');
  // Width and height stand at bytes 16 and 20.
  const size = /width="(\d+)" height="([\d.]+)"/.exec(svg.bytes.toString()) ?? [];
  expect(png.bytes.readUInt32BE(16)).toBe(2 * Number(size[1]));
  expect(png.bytes.readUInt32BE(20)).toBe(Math.round(2 * Number(size[2])));
  expect(png.bytes.length).toBeGreaterThan(8000);
});

test('the table of a chart is saved as numbers that a program reads', async ({ flow }) => {
  await flow.open('?cells=rnn&focus=rnn&act=identity&init=orthogonal&gain=0.001&n=4&T=300');
  const csv = await saveChart(flow.panel('gradient'), 'Save “Gradient norms by state” as CSV');
  expect(csv.name).toBe('unroll-gradient-norms-by-state.csv');
  const lines = csv.text.trimEnd().split('\n').map((line) => line.split(','));
  expect(lines).toHaveLength(302);
  // An orthogonal linear net with gain 10⁻³: the norm at lag 300 is 10⁻⁹⁰⁰, which is no double and still a number in the file.
  expect(lines[1]?.slice(0, 2)).toEqual(['0', '1e-900']);
  expect(Number(lines[300]?.[1])).toBeCloseTo(1e-3, 9);
  const shown = await flow.table('gradient');
  expect(shown[0]?.[1]).toBe('10⁻⁹⁰⁰');
});

test('heatmaps, planes and bars are pictures too, as they are shown', async ({ flow, page }) => {
  await flow.open('?cells=rnn,lstm&n=4&T=20');
  const save = (panel: 'gates' | 'spectrum', label: string) => saveChart(flow.panel(panel), label);
  const map = await save('gates', 'Save “forget gate f” as SVG');
  expect(map.name).toBe('unroll-forget-gate-f.svg');
  for (const text of ['<title>LSTM forget gate f</title>', 'unit', 'data:image/png;base64,']) expect(map.bytes.toString()).toContain(text);
  const plane = await save('spectrum', 'Save “Eigenvalues in the complex plane” as SVG');
  for (const text of ['J at t = 10', 'W_hf', 'z" fill="#', 'opacity="0.85"']) expect(plane.bytes.toString()).toContain(text);
  const bars = await save('spectrum', 'Save “Singular values of the product at the cursor” as SVG');
  for (const text of ['σ_i of ∂s_20/∂s_10', 'z" fill="#', 'opacity="0.9"']) expect(bars.bytes.toString()).toContain(text);

  // Rendered by a browser, the map has the colours of its cells: what the file holds is a picture.
  const colours = await coloursOf(page, map.bytes.toString());
  expect(colours).toBeGreaterThan(10);
  const png = await save('gates', 'Save “forget gate f” as PNG');
  expect(png.bytes.readUInt32BE(16)).toBe(1520);
});

test('the river and the phase map are pictures too', async ({ flow, page }) => {
  await flow.open('?cells=rnn,lstm&n=4&T=20');
  const save = (panel: 'river' | 'phase', label: string) => saveChart(flow.panel(panel), label);
  const river = await save('river', 'Save “The river” as SVG');
  expect(river.name).toBe('unroll-the-river.svg');
  expect(river.text).not.toContain('stroke-dasharray');
  for (const text of ['<title>What is left of the gradient', '>RNN</text>', '>LSTM</text>', '>t = 0</text>', '>what is left</text>']) expect(river.text).toContain(text);
  expect(await coloursOf(page, river.text)).toBeGreaterThan(100);
  await flow.drawMap();
  await expect(flow.panel('phase').getByRole('button', { name: 'Draw it again' })).toBeVisible();
  const map = await save('phase', 'Save “Phase map” as SVG');
  for (const text of ['>growth per step</text>', '>Recurrent gain</text>', '>Forget bias</text>', '×1.6']) expect(map.text).toContain(text);
  expect(await coloursOf(page, map.text)).toBeGreaterThan(100);
});
