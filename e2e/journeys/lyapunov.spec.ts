import { expect, test } from '../pages/test';

test.describe('Lyapunov exponents', () => {
  test('all of them are drawn, and they sum to the mean logarithm of the determinants', async ({ flow }) => {
    await flow.open('?cells=lstm&focus=lstm&n=4&T=64');
    const panel = flow.panel('lyapunov');
    const figure = (name: string) => panel.locator('dl div', { hasText: name }).locator('dd');
    await expect(figure('steps T')).toHaveText('64');
    await expect(figure('of them warm-up')).toHaveText('16');
    const sum = await figure('sum of all λ').innerText();
    expect(sum).toMatch(/^−\d/);
    await expect(figure('mean ln |det J|')).toHaveText(sum);

    const numbers = await flow.table('lyapunov');
    expect(numbers.length).toBe(8);
    const settled = numbers.map((row) => Number(row[1]?.replace('−', '-')));
    expect([...settled].sort((a, b) => b - a)).toEqual(settled);
    const running = await flow.table('lyapunov', 1);
    expect(running.length).toBe(48);

    // The headline says the figure that the panel shows.
    const largest = await figure('λ₁ after the warm-up').innerText();
    await expect(panel).toContainText(`λ₁ is ${largest}`);
  });

  test('a net that keeps every length has exponents of 0 and all its dimensions', async ({ flow }) => {
    await flow.open('?cells=rnn&focus=rnn&n=4&T=40&act=identity&init=orthogonal');
    const panel = flow.panel('lyapunov');
    await expect(panel).toContainText('The RNN’s λ₁ is 0 and did not move');
  });
});
