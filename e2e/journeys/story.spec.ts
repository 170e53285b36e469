import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../pages/test';

test('the story bar tells the preset that is shown, leads on and back, and remembers it through changes', async ({ flow, page }) => {
  await flow.open();
  const bar = page.getByRole('region', { name: 'Story' });
  await expect(bar).toContainText(/1 \/ \d+.*Three fates.*Drag Forget bias from 4 to 0/s);
  await expect(bar).toContainText('LSTM 43%');
  await flow.andAnalyse(() => bar.getByRole('button', { name: 'Next station' }).click());
  await expect(bar).toContainText(/2 \/ \d+.*PyTorch’s defaults/s);
  await flow.andAnalyse(() => bar.getByRole('button', { name: 'Next station' }).click());
  await expect(bar).toContainText(/3 \/ \d+.*RNN forgets/s);
  await flow.andAnalyse(() => flow.type('Recurrent gain', '1.5'));
  await expect(bar).toContainText(/3 \/ \d+.*RNN forgets.*Changed since/s);
  await flow.andAnalyse(() => bar.getByRole('button', { name: 'back to the preset' }).click());
  await expect(flow.field('Recurrent gain')).toHaveValue('1');
  await expect(bar).not.toContainText('Changed since');
  await flow.andAnalyse(() => bar.getByRole('button', { name: 'Previous station' }).click());
  await expect(bar).toContainText('PyTorch’s defaults');
});

test('what the default’s lesson asks for happens: the forget bias at 0 makes the LSTM forget', async ({ flow }) => {
  await flow.open();
  await flow.andAnalyse(() => flow.type('Forget bias', '0'));
  await expect.poll(() => flow.fate('LSTM')).toBe('vanishes');
  expect(await flow.fate('GRU')).toBe('fades');
});

test('the mechanism stands behind “?” and at the foot of the strip, and its words explain themselves', async ({ flow, page }) => {
  await flow.open();
  await flow.button('Help').click();
  const help = page.getByRole('dialog', { name: 'Help' });
  await expect(help.getByRole('listitem')).toHaveCount(4);
  for (const part of ['multiplies the gradient by the transposed', 'forget gate f', 'against vanishing it does nothing', 'The page counts from the loss']) await expect(help).toContainText(part);
  for (const word of ['Jacobian', 'σ_max', 'ρ', 'lag', 'horizon', 'loss direction', 'saturated']) {
    const term = help.getByRole('button', { name: word, exact: true });
    await term.focus();
    await page.keyboard.press('Enter');
    await expect(help.getByRole('note')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(help.getByRole('note')).toHaveCount(0);
  }
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await help.getByRole('button', { name: 'Close' }).click();
  await expect(help).toHaveCount(0);
  const foot = flow.panel('verdict').locator('.why');
  await expect(foot.getByText('One step back in time')).toBeHidden();
  await foot.locator('summary').click();
  await expect(foot.getByText('One step back in time')).toBeVisible();
});

test('a link without a schema is over the defaults of its time, an empty address over those of today', async ({ flow }) => {
  await flow.open('?schema=1');
  await expect(flow.field('Forget bias')).toHaveValue('1');
  await expect(flow.field('Steps')).toHaveValue('64');
  await flow.open('?gain=1.5');
  await expect(flow.field('Forget bias')).toHaveValue('1');
  await flow.open('?schema=2&gain=1.5');
  await expect(flow.field('Forget bias')).toHaveValue('4');
  await flow.open();
  await flow.type('Recurrent gain', '1.25');
  await expect.poll(() => flow.query().toString()).toBe('schema=2&gain=1.25');
});

test('every step of the tour has what it talks about in view', async ({ flow, page }) => {
  await flow.open('', { tour: true });
  for (let stop = 1; stop <= 4; stop++) {
    await expect(flow.tour()).toContainText(`${stop} of 4`);
    await expect(page.locator('[data-tour]')).toBeInViewport();
    await flow.tour().getByRole('button', { name: /Next|Done/ }).click();
  }
  await expect(flow.tour()).toHaveCount(0);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the first screen has a picture, and what is not the story starts folded', async ({ flow }) => {
    await flow.open();
    await expect(flow.panel('river').locator('canvas')).toBeInViewport();
    await expect(flow.panel('weights').locator('.panel-body')).toBeHidden();
    await expect(flow.panel('gradient').locator('.panel-body')).toBeVisible();
  });

  test('the tour opens the sheet at the slider it names', async ({ flow }) => {
    await flow.open('', { tour: true });
    for (let stop = 0; stop < 2; stop++) await flow.tour().getByRole('button', { name: 'Next' }).tap();
    await expect(flow.slider('Forget bias')).toBeInViewport();
  });
});
