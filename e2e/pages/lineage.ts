import { expect, type Locator, type Page } from '@playwright/test';
import { readTable } from './menu';

/** The list of src/labs/lineage/list.rs. */
export const LINEAGE_PANELS = ['reach', 'matrix', 'cost', 'passes', 'sees', 'generate', 'split', 'alignment', 'gradients', 'openness', 'depth', 'streams', 'heads', 'place', 'past', 'ends', 'poles', 'kernel', 'hold', 'opens', 'kept', 'tree', 'effort', 'curse', 'parity'] as const;
export type LineagePanel = (typeof LINEAGE_PANELS)[number];

/** The panels of each view. */
export const VIEWS = {
  reach: LINEAGE_PANELS.slice(0, 3),
  bidirectional: LINEAGE_PANELS.slice(3, 6),
  attention: LINEAGE_PANELS.slice(6, 10),
  transformer: LINEAGE_PANELS.slice(10, 14),
  memory: LINEAGE_PANELS.slice(14, 16),
  spectrum: LINEAGE_PANELS.slice(16, 19),
  selective: LINEAGE_PANELS.slice(19, 21),
  scan: LINEAGE_PANELS.slice(21, 23),
  limits: LINEAGE_PANELS.slice(23),
} as const;
export type View = keyof typeof VIEWS;

/** The Lineage lab as a user sees it. */
export class LineagePage {
  /** Everything the page reported as wrong; every journey ends by expecting none. */
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  /** Opens the lab and waits until all its numbers are there. */
  async open(query = '') {
    await this.page.addInitScript(() => localStorage.setItem('unroll.tour-seen', 'yes'));
    await this.page.goto(`lineage${query}`);
    await this.computed();
  }

  /** Waits until nothing more is to come. */
  async computed() {
    await expect(this.page.locator('.view-bar')).toHaveAttribute('data-busy', 'false');
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  view(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name, exact: true });
  }

  toggle(name: string): Locator {
    return this.page.getByRole('checkbox', { name, exact: true });
  }

  field(name: string): Locator {
    return this.page.getByRole('spinbutton', { name, exact: true });
  }

  async type(name: string, value: string) {
    await this.field(name).fill(value);
    await this.field(name).press('Enter');
  }

  panel(panel: LineagePanel): Locator {
    return this.page.locator(`[data-panel="${panel}"]`);
  }

  headline(panel: LineagePanel): Locator {
    return this.panel(panel).locator('.headline');
  }

  notices(): Locator {
    return this.page.locator('.notices [role="status"], .notices li');
  }

  /** Shows a panel's table and reads its rows. */
  table(panel: LineagePanel, nth = 0): Promise<string[][]> {
    return readTable(this.panel(panel), nth);
  }

  /** How many of a panel's canvases have nothing on them. */
  blank(panel: LineagePanel): Promise<number> {
    return this.panel(panel)
      .locator('canvas')
      .evaluateAll(
        (canvases) =>
          (canvases as HTMLCanvasElement[]).filter((canvas) => {
            const pixels = canvas.getContext('2d')?.getImageData(0, 0, Math.max(canvas.width, 1), Math.max(canvas.height, 1)).data ?? [];
            return !pixels.some((value, place) => place % 4 === 3 && value > 0);
          }).length,
      );
  }
}
