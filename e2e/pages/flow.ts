import { expect, type Locator, type Page } from '@playwright/test';
import { readTable } from './menu';

/** The list of src/labs/flow/list.rs. */
export const PANELS = ['verdict', 'compare', 'river', 'gradient', 'jacobian', 'gates', 'weights', 'spectrum', 'contribution', 'lyapunov', 'phase', 'report'] as const;
export type Panel = (typeof PANELS)[number];
export type Cell = 'RNN' | 'LSTM' | 'GRU';

/** Waits for the panels that come later; a sign of use calls for them. */
export async function all(page: Page) {
  await page.evaluate(() => void dispatchEvent(new Event('scroll')));
  await expect(page.locator('[data-later]')).toHaveCount(0);
  await still(page);
}

/** Waits until panels stand still. What refines itself, or is painted for the first time, moves what is below it, and a press and a release on
 * either side of such a move are no click. */
export async function still(page: Page) {
  await page.evaluate(async () => {
    const heights = () => [...document.querySelectorAll('[data-panel]')].map((panel) => panel.getBoundingClientRect().height).join();
    for (let before = heights(), still = 0; still < 10; ) {
      await new Promise(requestAnimationFrame);
      const now = heights();
      still = now === before ? still + 1 : 0;
      before = now;
    }
  });
}

/** The Flow lab as a user sees it: panels by heading, controls by their names. */
export class FlowPage {
  /** Everything the page reported as wrong; every journey ends by expecting none. */
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  /** Opens the lab and waits for the first analysis. The tour shows only where a journey asks for it. */
  async open(query = '', { tour = false } = {}) {
    if (!tour) await this.page.addInitScript(() => localStorage.setItem('unroll.tour-seen', 'yes'));
    await this.page.goto(query);
    await expect.poll(() => this.generation()).toBeGreaterThan(0);
    await all(this.page);
  }

  /** Counts the analyses that have been painted. */
  generation(): Promise<number> {
    return this.page.evaluate(() => Number(document.documentElement.dataset.generation ?? 0));
  }

  /** Does something and waits until its analysis is painted. */
  async andAnalyse(action: () => Promise<unknown>) {
    const before = await this.generation();
    await action();
    await expect.poll(() => this.generation()).toBeGreaterThan(before);
  }

  panel(panel: Panel): Locator {
    return this.page.locator(`[data-panel="${panel}"]`);
  }

  /** Asks for the phase map. */
  async drawMap() {
    const draw = this.panel('phase').getByRole('button', { name: 'Draw the map' });
    await draw.scrollIntoViewIfNeeded();
    await still(this.page);
    await draw.click();
  }

  slider(name: string): Locator {
    return this.page.getByRole('slider', { name, exact: true });
  }

  field(name: string): Locator {
    return this.page.getByRole('spinbutton', { name, exact: true });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  checkbox(cell: Cell): Locator {
    return this.page.getByRole('checkbox', { name: cell, exact: true });
  }

  focus(cell: Cell): Locator {
    return this.page.getByRole('radiogroup', { name: 'Focus' }).getByRole('radio', { name: cell, exact: true });
  }

  notices(): Locator {
    return this.page.getByRole('status').locator('.notice');
  }

  /** The bar of the pinned state. */
  ghost(): Locator {
    return this.page.getByRole('region', { name: 'Pinned state' });
  }

  /** What differs from the pinned state. */
  comparison(): Locator {
    return this.ghost().getByRole('status');
  }

  tour(): Locator {
    return this.page.getByRole('dialog', { name: 'Tour' });
  }

  async type(name: string, value: string) {
    await this.field(name).fill(value);
    await this.field(name).press('Enter');
  }

  async choosePreset(title: string) {
    await this.button('Presets').click();
    await this.page.getByRole('menuitemradio', { name: title, exact: true }).click();
  }

  /** Drags a slider's thumb from one end of its travel to the other, with a pointer. */
  async drag(name: string, { from, to, moves = 40 }: { from: number; to: number; moves?: number }) {
    const slider = this.slider(name);
    await slider.scrollIntoViewIfNeeded();
    const box = await slider.boundingBox();
    if (!box) throw new Error(`The slider "${name}" is not on the page.`);
    const thumb = 9;
    const x = (share: number) => box.x + thumb / 2 + share * (box.width - thumb);
    const y = box.y + box.height / 2;
    await this.page.mouse.move(x(from), y);
    await this.page.mouse.down();
    for (let i = 1; i <= moves; i++) await this.page.mouse.move(x(from + ((to - from) * i) / moves), y);
    await this.page.mouse.up();
  }

  /** The pixels of a panel's canvases, as one text that changes when the picture does. */
  picture(panel: Panel): Promise<string> {
    return this.panel(panel).locator('canvas').evaluateAll((canvases) =>
      canvases.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()).join('|'),
    );
  }

  /** How much of a panel's canvases is painted, between 0 and 1, for each chart. */
  painted(panel: Panel): Promise<number[]> {
    return this.panel(panel).locator('canvas').evaluateAll((canvases) =>
      (canvases as HTMLCanvasElement[]).map((canvas) => {
        const pixels = canvas.getContext('2d')?.getImageData(0, 0, Math.max(canvas.width, 1), Math.max(canvas.height, 1)).data ?? [];
        let opaque = 0;
        for (let i = 3; i < pixels.length; i += 4) if (pixels[i] > 0) opaque++;
        return (4 * opaque) / pixels.length;
      }),
    );
  }

  /** The word the strip says about a cell. */
  fate(cell: Cell): Promise<string | null> {
    return this.panel('verdict').locator(`[data-cell="${cell}"] [data-fate]`).getAttribute('data-fate');
  }

  sentence(cell: Cell): Locator {
    return this.panel('verdict').locator(`[data-cell="${cell}"] .sentence`);
  }

  /** Shows a panel's table and reads its rows. `nth` counts the tables of the panel. */
  table(panel: Panel, nth = 0): Promise<string[][]> {
    return readTable(this.panel(panel), nth);
  }

  /** Whether the page can be scrolled sideways. */
  overflowsSideways(): Promise<boolean> {
    return this.page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  }

  query(): URLSearchParams {
    return new URL(this.page.url()).searchParams;
  }
}
