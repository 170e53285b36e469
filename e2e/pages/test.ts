import { test as base, expect } from '@playwright/test';
import { FlowPage } from './flow';

/** A journey gets the lab, and fails when the page reported any error on the way. */
export const test = base.extend<{ flow: FlowPage }>({
  flow: async ({ page }, use) => {
    const flow = new FlowPage(page);
    await use(flow);
    expect(flow.errors).toEqual([]);
  },
});
export { expect };
