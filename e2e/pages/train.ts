import { expect, type Locator, type Page } from '@playwright/test';
import { readTable } from './menu';
import { all, type Cell } from './flow';

/** The list of src/labs/train/list.rs. */
export const TRAIN_PANELS = ['run', 'runs', 'loss', 'gradient', 'waterfall', 'lags', 'spectrum', 'gates', 'cut', 'checkpoints', 'examples', 'cliff'] as const;
export type TrainPanel = (typeof TRAIN_PANELS)[number];

/** The Train lab as a user sees it. */
export class TrainPage {
  /** Everything the page reported as wrong; every journey ends by expecting none. */
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  /** Opens the lab; the address is that of the app's folder. */
  async open(query = '', folder = '') {
    await this.page.addInitScript(() => localStorage.setItem('unroll.tour-seen', 'yes'));
    await this.page.goto(`${folder}train${query}`);
    await expect(this.button('Start')).toBeVisible();
    await all(this.page);
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  link(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Labs' }).getByRole('link', { name, exact: true });
  }

  field(name: string): Locator {
    return this.page.getByRole('spinbutton', { name, exact: true });
  }

  async type(name: string, value: string) {
    await this.field(name).fill(value);
    await this.field(name).press('Enter');
  }

  panel(panel: TrainPanel | 'left'): Locator {
    return this.page.locator(`[data-panel="${panel}"]`);
  }

  headline(panel: TrainPanel): Locator {
    return this.panel(panel).locator('.headline');
  }

  run(cell: Cell): Locator {
    return this.panel('runs').locator(`[data-cell="${cell}"]`);
  }

  state(cell: Cell): Locator {
    return this.run(cell).locator('[data-state]');
  }

  async iteration(cell: Cell): Promise<number> {
    return Number((await this.run(cell).locator('[data-figure="iteration"]').textContent())?.replace('–', '0'));
  }

  loss(cell: Cell): Promise<string> {
    return this.run(cell).locator('[data-figure="loss"]').innerText();
  }

  /** Takes single steps, each seen before the next is asked for. */
  async step(cells: Cell[], count: number) {
    for (let i = 0; i < count; i++) {
      const before = await this.iteration(cells[0]);
      await this.button('Step').click();
      for (const cell of cells) await expect.poll(() => this.iteration(cell)).toBe(before + 1);
    }
  }

  /** Runs until every one of these cells has come so far, however fast each is, and pauses. */
  async runUntil(cells: Cell[], iteration: number) {
    await this.button('Start').click();
    for (const cell of cells) await expect.poll(() => this.iteration(cell)).toBeGreaterThanOrEqual(iteration);
    await this.pause();
  }

  /** Pauses, and waits for the steps that were being taken. */
  async pause() {
    await this.button('Pause').click();
    await expect(this.panel('runs').locator('[data-state="training"], [data-state="pausing"]')).toHaveCount(0);
  }

  /** Shows a panel's table and reads its rows. */
  table(panel: TrainPanel): Promise<string[][]> {
    return readTable(this.panel(panel));
  }
}
