import { readFile } from 'node:fs/promises';
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../pages/test';
import { caseFile, file, fixture, FIXTURES, Import } from '../pages/import';

type Torch = Record<string, Record<string, { x: number[][]; layers: { forward: number[][]; reverse?: number[][] }[] }>>;

const torch = JSON.parse(await readFile(new URL('expected.json', FIXTURES), 'utf8')) as Torch;

const csv = (x: number[][]) => file('x.csv', [x[0].map((_, i) => `x${i + 1}`).join(','), ...x.map((row) => row.join(','))].join('\n'));

function expectClose(found: number[][], expected: number[][]) {
  expect(found).toHaveLength(expected.length);
  found.forEach((row, t) => row.forEach((value, unit) => expect(Math.abs(value - expected[t][unit])).toBeLessThan(1e-12)));
}

// File, module's prefix, what has to be chosen in the dialog (none: the file goes straight in).
const FILES: [string, string, string[] | null][] = [
  ['lstm', '', null],
  ['lstm_f16', '', null],
  ['gru_bf16', '', null],
  ['gru_cell_no_bias', '', null],
  ['keras_lstm', 'lstm/lstm_cell', null],
  ['keras_gru', 'gru/gru_cell', null],
  ['rnn_f32', '', ['tanh']],
  ['rnn_relu', '', ['relu']],
  ['two_modules', 'encoder.lstm', ['encoder.lstm']],
  ['two_modules', 'decoder', ['decoder']],
];

for (const [name, prefix, choices] of FILES) {
  test(`${name} ${prefix} gives the states torch gives`, async ({ flow, page }) => {
    const bring = new Import(page);
    await flow.open('?n=4&T=12');
    const { x, layers } = torch[name][prefix];
    await bring.open(await fixture(`${name}.safetensors`));
    if (choices) {
      for (const choice of choices) await bring.dialog().getByRole('radio', { name: new RegExp(`^${choice}`) }).check();
      await flow.andAnalyse(() => bring.confirm());
    }
    await expect(bring.notice()).toContainText('Imported');
    await bring.open(csv(x));
    await expect(bring.notice()).toContainText('Imported 6 steps');
    expectClose(await bring.states(), layers[layers.length - 1].forward);
  });
}

test('every layer and direction of a stack is a choice, live', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=12');
  const name = 'lstm_three_layers_bidirectional';
  const { x, layers } = torch[name]['model.rnn'];
  await bring.open(await fixture(`${name}.safetensors`));
  const dialog = bring.dialog();
  await expect(dialog).toContainText('3 layers, bidirectional');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await dialog.getByRole('combobox', { name: 'Layer' }).selectOption('0');
  await dialog.getByRole('radio', { name: /^reversed/ }).check();
  await flow.andAnalyse(() => bring.confirm());
  await bring.open(csv(x));
  await expect(bring.notice()).toContainText('Imported 6 steps');
  expectClose((await bring.states()).reverse(), layers[0].reverse ?? []);
  const place = page.getByRole('combobox', { name: 'Layer of the LSTM' });
  await flow.andAnalyse(() => place.selectOption({ label: 'layer 3 of 3, forward' }));
  expectClose(await bring.states(), layers[2].forward);
  await flow.andAnalyse(() => page.getByRole('button', { name: 'Undo' }).click());
  await expect(place.locator('option:checked')).toHaveText('layer 1 of 3, reversed');
  await flow.andAnalyse(() => page.getByRole('button', { name: 'Remove the LSTM’s model' }).click());
  await expect(place).toHaveCount(0);
  await expect(flow.field('Forget bias')).toHaveValue('4');
});

test('the dialog is left with Esc, and nothing has changed', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=12');
  const before = [page.url(), await flow.sentence('LSTM').textContent(), await flow.generation()];
  await bring.open(await fixture('rnn_two_layers.safetensors'));
  await expect(bring.dialog()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(bring.dialog()).toBeHidden();
  await bring.open(await fixture('rnn_two_layers.safetensors'));
  await bring.dialog().getByRole('button', { name: 'Cancel' }).click();
  await expect(bring.dialog()).toBeHidden();
  expect([page.url(), await flow.sentence('LSTM').textContent(), await flow.generation()]).toEqual(before);
  await expect(bring.notice()).toHaveCount(0);
});

test('an experiment that was saved comes back to the last bit, pasted', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?cells=gru&focus=gru&n=5&T=30&input=noise&seed=11&loss=every');
  await expect(flow.panel('jacobian').getByText('are being computed')).toHaveCount(0);
  const traces = (await bring.save('Traces as JSON')).toString();
  await flow.open('?cells=rnn&n=3&T=9&gain=1.7');
  await page.getByText('Paste text').click();
  await page.getByRole('textbox', { name: 'Text to import' }).fill(traces);
  await flow.andAnalyse(() => page.getByRole('button', { name: 'Import the text' }).click());
  await expect(bring.notice()).toContainText('Imported the experiment of the pasted text (GRU, 5 units, 30 steps)');
  await expect(flow.panel('jacobian').getByText('are being computed')).toHaveCount(0);
  expect((await bring.save('Traces as JSON')).toString()).toBe(traces);
});

test('a sequence with other columns than the model reads asks which', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=12');
  await bring.open(await fixture('lstm.safetensors'));
  await expect(bring.notice()).toContainText('Imported');
  const d = torch.lstm[''].x[0].length;
  const wide = Array.from({ length: 8 }, (_, t) => Array.from({ length: d + 2 }, (_, c) => t * 10 + c));
  await bring.drop(csv(wide));
  const dialog = bring.dialog();
  await expect(dialog).toContainText(`the model reads ${d}`);
  await expect(dialog.getByText(`${d} of ${d} chosen.`)).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'x1', exact: true }).uncheck();
  await expect(dialog.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
  await dialog.getByRole('checkbox', { name: `x${d + 2}`, exact: true }).check();
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await flow.andAnalyse(() => bring.confirm());
  await expect(bring.notice()).toContainText('Imported 8 steps');
  await bring.drop(csv(wide.map((row) => row.slice(0, d - 1))));
  await expect(bring.notice()).toContainText(`a file with ${d} columns of numbers is accepted`);
  const input = JSON.parse((await bring.save('Experiment as JSON')).toString()).x as number[][];
  expect(input[1]).toEqual(wide[1].slice(1, d).concat(wide[1][d + 1]));
});

test('a table with gaps is asked about, and what is done about them is said and kept', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=12');
  await bring.open(await caseFile('S02_semicolon.csv'));
  const dialog = bring.dialog();
  await expect(dialog).toContainText('Druck: 1 row has no number; row 3, column 2 is empty.');
  await expect(dialog).toContainText('Wind: 1 row has no number; row 4, column 3 is "n/a".');
  await expect(dialog).toContainText('Commas are read as decimal marks.');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await bring.choose('leave these columns out');
  await expect(bring.column('Druck')).toBeDisabled();
  await bring.choose('interpolate between the neighbours');
  await bring.column('Zeit').uncheck();
  await bring.column('Druck').check();
  await flow.andAnalyse(() => bring.confirm());
  await expect(bring.notice()).toContainText('Imported 4 steps of Druck');
  await expect(bring.notice()).toContainText('Missing values of 1 row are filled by interpolation.');
  await expect(bring.notice()).toContainText('Wind has gaps and is left out.');
  const saved = JSON.parse((await bring.save('Experiment as JSON')).toString());
  expect(saved.x).toEqual([[11.25], [10.5], [9.75], [14]]);
  expect(saved.assumptions.join(' ')).toContain('filled by interpolation');
  await expect(bring.report()).toContainText('Missing values of 1 row are filled by interpolation.');
});

test('decimal commas without a name could be two columns, and are asked about', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=12');
  await bring.open(await caseFile('S02_one_column_decimal_comma_no_header.csv'));
  await expect(bring.option(/^nothing: each line is one number/)).toBeChecked();
  await bring.choose('a comma');
  await expect(bring.dialog().getByRole('checkbox', { name: /^column/ })).toHaveCount(2);
  await bring.choose(/^nothing: each line/);
  await expect(bring.dialog().getByRole('checkbox', { name: /^column/ })).toHaveCount(1);
  await flow.andAnalyse(() => bring.confirm());
  const saved = JSON.parse((await bring.save('Experiment as JSON')).toString());
  expect(saved.x[0]).toEqual([11.25]);
});

test('a row number is no input, and an array may be turned', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=12');
  await bring.open(await caseFile('S01_pandas_index.csv'));
  await expect(bring.dialog()).toContainText('Column 1 numbers the rows and is left out.');
  await expect(bring.dialog().getByRole('checkbox', { name: /^column 1/ })).toHaveCount(0);
  await expect(bring.column('price')).toBeChecked();
  await page.keyboard.press('Escape');
  await bring.open(await caseFile('S06_d_by_T.npy'));
  await expect(bring.option('the second: 40 steps of 2 columns')).toBeChecked();
  await flow.andAnalyse(() => bring.confirm());
  await expect(bring.notice()).toContainText('Imported 40 steps of column 1');
  await expect(bring.notice()).toContainText('is read transposed');
});

test('an order of gates and a forget bias that a file does not hold are choices', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=12');
  await bring.open(await caseFile('M13_haste_lstm.safetensors'));
  await expect(bring.option(/^i, g, f, o/)).toBeChecked();
  await bring.choose(/^i, f, g, o/);
  await expect(bring.dialog()).toContainText('The gates are read in the order i, f, g, o');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await flow.andAnalyse(() => bring.confirm());
  await expect(bring.notice()).toContainText('The gates are read in the order i, f, g, o');
  await expect(bring.report()).toContainText('The gates are read in the order i, f, g, o');
  await bring.open(await caseFile('M10_tf1_basic_lstm.safetensors'));
  const bias = bring.dialog().getByRole('spinbutton', { name: /forget gate/ });
  await expect(bias).toHaveValue('1');
  await bias.fill('0.5');
  await flow.andAnalyse(() => bring.confirm());
  await expect(bring.notice()).toContainText('0.5 is added to the forget gate’s bias');
  await page.reload();
  await expect(page.locator('.models .assumed')).toContainText('0.5 is added to the forget gate’s bias');
});

test('what is not used of a module is listed before it comes in', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=12');
  await bring.open(await caseFile('M04_awd_fastai1.safetensors'));
  await expect(bring.dialog()).toContainText('weight_hh_l0_raw is the weight');
  await expect(bring.dialog()).toContainText('1 tensor of the module is left out: 0.rnns.0.weight_hh_l0.');
  await flow.andAnalyse(() => bring.confirm());
  await expect(bring.notice()).toContainText('1 tensor of the module is left out');
  await bring.open(await caseFile('M09_layernorm_lstm.safetensors'));
  await expect(bring.notice()).toContainText('another cell than a plain RNN, LSTM or GRU');
});

test('prose is offered as text, by a window', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=12');
  await bring.drop(await caseFile('S07_text_long.txt'));
  await expect(bring.dialog()).toContainText('No table of numbers');
  await bring.dialog().getByRole('spinbutton', { name: 'First character' }).fill('11');
  await bring.dialog().getByRole('spinbutton', { name: 'Characters', exact: true }).fill('30');
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await flow.andAnalyse(() => bring.confirm());
  await expect(bring.notice()).toContainText('Imported 30 characters');
  await expect(bring.notice()).toContainText('Characters 11 to 40 of');
  await bring.drop(file('words.csv', 'hello\nworld\n'));
  await expect(bring.notice()).toContainText('no column of numbers');
});

/** A safetensors file with this header. */
function container(header: string, data = new Uint8Array(0), length = header.length): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(length));
  return Buffer.concat([head, Buffer.from(header), data]);
}

const entry = (name: string, dtype: string, shape: number[], from: number, to: number) =>
  `"${name}":{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${from},${to}]}`;

test('hostile files get one sentence each, and nothing is lost', async ({ flow, page }) => {
  const bring = new Import(page);
  await flow.open('?n=4&T=12&gain=1.3');
  await bring.open(await fixture('lstm.safetensors'));
  await expect(bring.notice()).toContainText('Imported');
  const sound = (await fixture('gru_f32.safetensors')).buffer;
  const cells = (value: number) => {
    const header = `{${entry('weight_ih_l0', 'F64', [4, 1], 0, 32)},${entry('weight_hh_l0', 'F64', [4, 1], 32, 64)}}`;
    return container(header, new Uint8Array(new Float64Array(8).fill(value).buffer));
  };
  const files: [ReturnType<typeof file>, RegExp][] = [
    [file('empty.safetensors', ''), /is empty/],
    [file('short.safetensors', sound.subarray(0, 5)), /accepted/],
    [file('cut.safetensors', sound.subarray(0, sound.length - 9)), /save or download it again/],
    [file('headless.safetensors', sound.subarray(0, 40)), /cut off/],
    [file('huge-header.safetensors', container('{}', undefined, 2 ** 52)), /header of 4503599627370496 bytes/],
    [file('overlap.safetensors', container(`{${entry('a', 'F32', [4], 0, 16)},${entry('b', 'F32', [4], 8, 24)}}`, new Uint8Array(24))), /accepted|overlap/],
    [file('overflow.safetensors', container(`{${entry('weight_hh_l0', 'F64', [4294967295, 4294967295], 0, 8)}}`, new Uint8Array(8))), /./],
    [file('nothing.safetensors', container('{}')), /no recurrent layer/],
    [file('nan.safetensors', cells(Number.NaN)), /NaN/],
    [file('inf.safetensors', cells(Infinity)), /inf/],
    [file('markup.safetensors', container(`{${entry('<img src=x onerror=alert(1)>', 'F32', [1], 0, 4)}}`, new Uint8Array(4))), /<img src=x onerror=alert\(1\)>/],
    [file('bomb.json', `${'['.repeat(100_000)}`), /cannot be read/],
    [file('other.json', '{"hello": 1}'), /no "format"/],
    [file('wrong.json', '{"format":"unroll-experiment","version":9}'), /version 9/],
    [file('bad.csv', 'a,b\n1,2\n3\n'), /row|Row|columns/],
    [file('words.csv', 'hello\nworld\n'), /number/],
    [file('zeros.bin', new Uint8Array(4096)), /accepted/],
    [file('noise.bin', Uint8Array.from({ length: 4096 }, (_, i) => (i * 2654435761) >>> 13)), /accepted/],
    [file('gz.safetensors', Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0)), /gzip/],
    [file('keras.h5', Buffer.concat([Buffer.from([0x89]), Buffer.from('HDF\r\n\x1a\n')])), /HDF5/],
    [file('old.pt', Uint8Array.of(0x80, 2, 0x8a, 10)), /pickle/],
    ...(await Promise.all(
      [
        'refused_checkpoint.pt',
        'refused_integers.safetensors',
        'refused_keras_gru_reset_before.safetensors',
        'refused_no_recurrent.safetensors',
        'refused_projection.safetensors',
        'npy_refused_batch.npy',
        'npy_refused_complex.npy',
        'npy_refused_nan.npy',
        'npy_refused_object.npy',
        'npy_refused_records.npy',
        'npy_refused_scalar.npy',
      ].map(async (name): Promise<[ReturnType<typeof file>, RegExp]> => [await fixture(name), /accepted|supported|choose/]),
    )),
  ];
  const url = page.url();
  const state = async () => [page.url(), await flow.panel('verdict').textContent(), await page.locator('.models').textContent()];
  const before = await state();
  for (const [given, says] of files) {
    await bring.drop(given);
    await expect(bring.notice(), given.name).toHaveCount(1);
    await expect(bring.notice(), given.name).toContainText(`${given.name}: `);
    await expect(bring.notice(), given.name).toHaveText(says);
  }
  expect(await state()).toEqual(before);
  expect(page.url()).toBe(url);
  // The page still takes a sound one.
  await bring.drop(await fixture('gru.safetensors'));
  await expect(bring.notice()).toContainText('Imported');
  await expect(flow.panel('verdict').locator('[data-cell="GRU"]')).toBeVisible();
});

test('dragging a file over the page says what is accepted', async ({ flow, page }) => {
  await flow.open('?n=4&T=12');
  const data = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['x'], 'x.csv'));
    return data;
  });
  await page.locator('#stage').dispatchEvent('dragenter', { dataTransfer: data });
  await expect(page.locator('.drop-overlay')).toContainText('.safetensors');
  await page.locator('#stage').dispatchEvent('dragleave', { dataTransfer: data });
  await expect(page.locator('.drop-overlay')).toHaveCount(0);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('one tap opens the file picker', async ({ flow, page }) => {
    const bring = new Import(page);
    await flow.open('?n=4&T=12');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Import', exact: true }).tap();
    await (await chooser).setFiles(await fixture('lstm_two_layers.safetensors'));
    await expect(bring.dialog()).toBeVisible();
    expect(await flow.overflowsSideways()).toBe(false);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
    await flow.andAnalyse(() => bring.confirm());
    await expect(bring.notice()).toContainText('layer 2 of 2');
  });
});
