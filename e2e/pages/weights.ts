import { expect, type Locator } from '@playwright/test';
import type { FlowPage } from './flow';

/** The middle of a cell in a grid of this width. The sizes are those that the grid gives its cells. */
function within(gridWidth: number, row: number, column: number, [rows, columns]: [number, number]) {
  const height = Math.min(24, Math.max(6, Math.floor(384 / rows)));
  const widest = columns <= 4 ? 72 : Math.max(12, Math.floor(1.75 * height));
  const width = Math.min(widest, Math.max(5, Math.floor((gridWidth - 32) / columns)));
  return { x: 30 + (column + 0.5) * width, y: 18 + (row + 0.5) * height };
}

/** The weight editor as a user sees it. */
export class WeightEditor {
  readonly grid: Locator;
  readonly field: Locator;
  readonly said: Locator;
  readonly pointed: Locator;
  readonly headline: Locator;

  constructor(readonly flow: FlowPage) {
    const panel = flow.panel('weights');
    this.grid = panel.getByRole('application');
    this.field = panel.getByRole('spinbutton', { name: 'Weight', exact: true });
    this.said = panel.locator('.weights-said');
    this.pointed = panel.locator('.weights-pointed');
    this.headline = panel.locator('.headline');
  }

  button(name: string | RegExp): Locator {
    return this.flow.panel('weights').getByRole('button', { name, exact: true });
  }

  choose(group: 'Parameter' | 'Gate block', option: string): Promise<void> {
    return this.flow.panel('weights').getByRole('radiogroup', { name: group }).getByRole('radio', { name: option, exact: true }).check();
  }

  /** The middle of a cell, in CSS pixels of the page. */
  async cell(row: number, column: number, shape: [number, number]) {
    await this.grid.scrollIntoViewIfNeeded();
    const box = await this.grid.boundingBox();
    if (!box) throw new Error('The grid is not on the page.');
    const { x, y } = within(box.width, row, column, shape);
    return { x: box.x + x, y: box.y + y };
  }

  /** Clicks a cell. The grid's width says where its cells are, so a click on a grid that was still moving is made again. */
  async click(row: number, column: number, shape: [number, number]) {
    await expect(async () => {
      const before = await this.grid.boundingBox();
      if (!before) throw new Error('The grid is not on the page.');
      await this.grid.click({ position: within(before.width, row, column, shape) });
      const after = await this.grid.boundingBox();
      expect(after?.width).toBe(before.width);
      await expect(this.said).not.toHaveText('No weight is selected.', { timeout: 1000 });
    }).toPass();
  }

  /** Does an operation; `number` is its factor, value, seed or radius. */
  async operate(on: RegExp, deed: string, number?: string) {
    const panel = this.flow.panel('weights');
    const extent = panel.getByLabel('On', { exact: true });
    await extent.selectOption({ label: await extent.locator('option').filter({ hasText: on }).innerText() });
    await panel.getByLabel('Do', { exact: true }).selectOption({ label: deed });
    if (number !== undefined) await panel.getByRole('form', { name: 'Operation on many weights' }).getByRole('textbox').fill(number);
    await this.button('Apply').click();
  }
}
