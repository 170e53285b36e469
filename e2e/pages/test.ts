import { test as base, expect, type Page } from '@playwright/test';
import { FlowPage } from './flow';
import { LineagePage } from './lineage';
import { TrainPage } from './train';

/** A journey gets the lab it asks for, and fails when the page reported any error on the way. */
export const test = base.extend<{ flow: FlowPage; lineage: LineagePage; train: TrainPage }>({
  flow: async ({ page }, use) => {
    const flow = new FlowPage(page);
    await use(flow);
    expect(flow.errors).toEqual([]);
  },
  lineage: async ({ page }, use) => {
    const lineage = new LineagePage(page);
    await use(lineage);
    expect(lineage.errors).toEqual([]);
  },
  train: async ({ page }, use) => {
    const train = new TrainPage(page);
    await use(train);
    expect(train.errors).toEqual([]);
  },
});

/** How many colours a picture has as a browser renders it. */
export async function coloursOf(page: Page, svg: string): Promise<number> {
  return page.evaluate(async (document) => {
    const image = new Image();
    image.src = URL.createObjectURL(new Blob([document], { type: 'image/svg+xml' }));
    await image.decode();
    const canvas = Object.assign(globalThis.document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d');
    context?.drawImage(image, 0, 0);
    const pixels = context?.getImageData(0, 0, image.width, image.height).data.buffer;
    return new Set(new Uint32Array(pixels ?? new ArrayBuffer(0))).size;
  }, svg);
}
export { expect };
