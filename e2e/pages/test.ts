import { test as base, expect } from '@playwright/test';
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
export { expect };
