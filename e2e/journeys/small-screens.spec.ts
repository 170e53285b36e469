import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../pages/test';

for (const width of [360, 390, 768, 1024, 1366, 1440, 1920]) {
  test(`nothing sticks out at ${width} px, nor does the menu of presets`, async ({ flow, page }) => {
    await page.setViewportSize({ width, height: 844 });
    await flow.open();
    expect(await flow.overflowsSideways()).toBe(false);
    await flow.button('Presets').click();
    const menu = await page.getByRole('menu', { name: 'Presets' }).boundingBox();
    expect(menu).not.toBeNull();
    if (menu) {
      expect(menu.x).toBeGreaterThanOrEqual(0);
      expect(menu.x + menu.width).toBeLessThanOrEqual(width);
      // It hangs from the bar, so that opening it scrolls nothing.
      const bar = await page.getByRole('banner').boundingBox();
      expect(bar?.y).toBe(0);
      expect(Math.abs(menu.y - (bar?.height ?? 0))).toBeLessThan(16);
      expect(menu.y + menu.height).toBeLessThanOrEqual(844);
    }
    expect(await flow.overflowsSideways()).toBe(false);
    await page.keyboard.press('Escape');
    await flow.choosePreset('Edge of chaos');
    await expect.poll(() => flow.overflowsSideways()).toBe(false);
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('controls open as a sheet and the charts stay in view', async ({ flow, page }) => {
    await flow.open();
    await page.getByRole('button', { name: 'Controls' }).tap();
    await expect(flow.slider('Recurrent gain')).toBeVisible();
    const sheet = await page.locator('#rail').boundingBox();
    expect(sheet && sheet.y).toBeGreaterThan(300);
    await flow.andAnalyse(() => flow.type('Recurrent gain', '2'));
    await page.getByRole('button', { name: 'Close controls' }).tap();
    await expect(flow.slider('Recurrent gain')).toBeHidden();
  });

  test('a finger scrubs the river', async ({ flow, page }) => {
    await flow.open();
    const river = flow.panel('river').locator('.canvas-holder');
    await river.scrollIntoViewIfNeeded();
    const box = await river.boundingBox();
    if (!box) throw new Error('The river is not on the page.');
    await page.touchscreen.tap(box.x + box.width / 2, box.y + 80);
    await expect(flow.panel('river').locator('.read-out')).toContainText(/t = \d+/);
  });

  test('axe finds nothing with the sheet open', async ({ flow, page }) => {
    await flow.open();
    await page.getByRole('button', { name: 'Controls' }).tap();
    await expect(flow.slider('Recurrent gain')).toBeVisible();
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
});
