import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { PANELS } from '../pages/flow';
import { VIEWS } from '../pages/lineage';
import { openMenu } from '../pages/menu';
import { expect, test } from '../pages/test';
import { TRAIN_PANELS } from '../pages/train';

const shown = (page: Page) =>
  page.locator('[data-panel]').evaluateAll((panels) => panels.map((panel) => (panel as HTMLElement).dataset.panel));

test('the pages of the labs show the panels of their lists, in their order', async ({ flow, lineage, train, page }) => {
  await flow.open();
  expect(await shown(page)).toEqual([...PANELS]);
  await train.open();
  expect(await shown(page)).toEqual([...TRAIN_PANELS]);
  for (const [view, panels] of Object.entries(VIEWS)) {
    await lineage.open(`?view=${view}&T=8&n=2`);
    expect(await shown(page)).toEqual([...panels]);
  }
});

test('a panel’s menu is used with the keyboard, and gives the focus back', async ({ flow, page }) => {
  await flow.open('?cells=lstm&n=4&T=20');
  const panel = flow.panel('spectrum');
  const button = panel.getByRole('button', { name: 'More about “Spectrum at the cursor”' });
  await button.focus();
  await page.keyboard.press('Enter');
  const item = (name: string): Locator => panel.getByRole('menuitem', { name, exact: true });
  await expect(item('Save “Eigenvalues in the complex plane” as SVG')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(item('Save “Eigenvalues in the complex plane” as PNG')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(item('Save “Singular values of the product at the cursor” as SVG')).toBeFocused();
  await page.keyboard.press('End');
  await expect(item('Fold the panel')).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowLeft');
  await expect(item('Fold the panel')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(panel.getByRole('menu')).toHaveCount(0);
  await expect(button).toBeFocused();
  // What the keys do elsewhere they do not do here.
  await expect(flow.panel('river').locator('.read-out')).not.toContainText('t = ');
});

test('a panel stays folded after a reload, and its name in the list of sections unfolds it', async ({ flow, page }) => {
  await flow.open('?cells=lstm&n=4&T=20');
  const panel = flow.panel('report');
  await (await openMenu(panel)).getByRole('menuitem', { name: 'Fold the panel' }).click();
  await expect(panel.locator('.panel-body')).toBeHidden();
  await expect(panel.locator('.headline')).toBeVisible();
  await page.reload();
  await expect(panel.locator('.headline')).toBeVisible();
  await expect(panel.locator('.panel-body')).toBeHidden();
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('button', { name: 'Report' }).click();
  await expect(panel.locator('.panel-body')).toBeVisible();
  await expect(panel.getByRole('heading', { name: 'Report' })).toBeInViewport();
  await expect(panel.getByRole('heading', { name: 'Report' })).toBeFocused();
  await page.reload();
  await expect(panel.locator('.panel-body')).toBeVisible();
});

test('a folded chart follows again when it is unfolded', async ({ flow }) => {
  await flow.open('?cells=lstm&n=4&T=20');
  const panel = flow.panel('gradient');
  const before = await flow.picture('gradient');
  await (await openMenu(panel)).getByRole('menuitem', { name: 'Fold the panel' }).click();
  await flow.andAnalyse(() => flow.type('Forget bias', '4'));
  await (await openMenu(panel)).getByRole('menuitem', { name: 'Unfold the panel' }).click();
  await expect.poll(() => flow.picture('gradient')).not.toBe(before);
});

test('sections are one stop of the Tab key, in which arrow keys move', async ({ flow, page }) => {
  await flow.open('?cells=lstm&n=4&T=20');
  const sections = page.getByRole('navigation', { name: 'Sections' });
  await sections.getByRole('button', { name: 'Verdict' }).focus();
  await page.keyboard.press('End');
  await expect(sections.getByRole('button', { name: 'Report' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(flow.panel('report').getByRole('heading').first()).toBeInViewport();
  await expect(sections).toBeInViewport();
});

for (const [lab, route] of [['Flow', ''], ['Train', 'train'], ['Lineage', 'lineage']] as const) {
  test(`every panel of ${lab} fits into the frame that is documented for it, and shows something there`, async ({ page, baseURL }) => {
    test.slow();
    const text = await readFile(new URL('../../docs/embed.md', import.meta.url), 'utf8');
    const section = text.split(`## Panels of ${lab}`)[1]?.split('\n## ')[0] ?? '';
    const rows = [...section.matchAll(/^\| `(\w+)` \| .* \| (\d+) \|$/gm)].map(([, name, height]) => [name ?? '', Number(height)] as const);
    expect(rows.length).toBeGreaterThan(9);
    const controls = { Flow: 'gain,fb', Train: 'lr,n', Lineage: 'T,n' }[lab];
    // Panels of Lineage are of a view.
    const views = Object.fromEntries(Object.entries(VIEWS).flatMap(([view, panels]) => panels.map((name) => [name, `&view=${view}`] as const)));
    for (const [name, height] of rows) {
      await page.setContent(`<!doctype html><title>A blog</title>
        <iframe title="Unroll" src="${baseURL}${route}?embed=${name}&controls=${controls}${lab === 'Lineage' ? views[name] : ''}" width="640" height="${height}" style="border: 0"></iframe>`);
      const frame = page.frames()[1];
      if (!frame) throw new Error('There is no frame.');
      const panel = page.frameLocator('iframe').locator(`[data-panel="${name}"]`);
      await expect(panel).toBeVisible();
      await expect(page.frameLocator('iframe').locator('.embed-control')).toHaveCount(2);
      const overhang = () => frame.evaluate(() => document.documentElement.scrollHeight - innerHeight);
      await expect.poll(overhang, { message: name }).toBeLessThanOrEqual(0);
      // What has a canvas shows something on it.
      const blank = () =>
        panel.locator('canvas').evaluateAll((canvases) =>
          (canvases as HTMLCanvasElement[]).filter((canvas) => {
            const pixels = canvas.getContext('2d')?.getImageData(0, 0, Math.max(canvas.width, 1), Math.max(canvas.height, 1)).data ?? [];
            return !pixels.some((value, place) => place % 4 === 3 && value > 0);
          }).length,
        );
      await expect.poll(blank, { message: name }).toBe(0);
    }
  });
}

test('a run of Train in a frame starts, and nothing of it is kept', async ({ page, baseURL }) => {
  // A page of the same host: elsewhere the browser gives a frame no storage that could be looked into.
  await page.route('**/blog', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><title>A blog</title>
        <iframe title="Unroll" src="${baseURL}train?embed=run,loss&controls=lr&T=12&n=8&batch=8" width="640" height="600"></iframe>`,
    }),
  );
  await page.goto(`${baseURL}blog`);
  const frame = page.frameLocator('iframe');
  await expect(frame.locator('[data-panel]')).toHaveCount(2);
  await frame.getByRole('button', { name: 'Start', exact: true }).click();
  await expect(frame.locator('[data-panel="loss"] canvas').first()).toBeVisible();
  await expect(frame.locator('[data-panel="loss"] .headline')).toContainText('a loss of');
  await frame.getByRole('button', { name: 'Pause', exact: true }).click();
  await expect(frame.getByRole('link', { name: 'Open in Unroll' })).toHaveAttribute('href', '/train?T=12&batch=8&n=8');
  const inside = page.frames()[1];
  await inside?.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide')));
  expect(await inside?.evaluate(() => Object.keys(localStorage))).toEqual([]);
});
