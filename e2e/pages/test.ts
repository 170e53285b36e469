import { test as base, expect, type Page } from '@playwright/test';
import { FlowPage } from './flow';
import { TrainPage } from './train';

/** A journey gets the lab it asks for, and fails when the page reported any error on the way. */
export const test = base.extend<{ flow: FlowPage; train: TrainPage }>({
  flow: async ({ page }, use) => {
    const flow = new FlowPage(page);
    await use(flow);
    expect(flow.errors).toEqual([]);
  },
  train: async ({ page }, use) => {
    const train = new TrainPage(page);
    await use(train);
    expect(train.errors).toEqual([]);
  },
});

/** How many colours a picture has in the row of pixels at its middle, as a browser renders it. */
export async function coloursAcross(page: Page, svg: string): Promise<number> {
  return page.evaluate(async (document) => {
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([document], { type: 'image/svg+xml' }));
    await image.decode();
    const canvas = Object.assign(globalThis.document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0);
    const row = context?.getImageData(0, Math.round(image.height / 2), image.width, 1).data ?? [];
    return new Set(Array.from({ length: row.length / 4 }, (_, i) => [...row.slice(4 * i, 4 * i + 3)].join())).size;
  }, svg);
}
export { expect };
