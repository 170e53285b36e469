import { readFile } from 'node:fs/promises';
import { expect, type Locator } from '@playwright/test';

/** Opens the menu of a panel. */
export async function openMenu(panel: Locator): Promise<Locator> {
  // A panel that comes later takes the place of its empty frame, menu and all.
  await expect(panel).not.toHaveAttribute('data-later', '');
  const menu = panel.getByRole('menu');
  if (!(await menu.isVisible())) await panel.getByRole('button', { name: /^More about/ }).click();
  await expect(menu).toBeVisible();
  return menu;
}

/** Saves a chart of a panel, by the label of the menu's item. */
export async function saveChart(panel: Locator, label: string): Promise<{ name: string; bytes: Buffer; text: string }> {
  const download = panel.page().waitForEvent('download');
  await (await openMenu(panel)).getByRole('menuitem', { name: label, exact: true }).click();
  const file = await download;
  const bytes = await readFile(await file.path());
  return { name: file.suggestedFilename(), bytes, text: bytes.toString() };
}

/** Shows the table of a panel's chart and reads its rows. `nth` counts the tables that the panel's menu offers. */
export async function readTable(panel: Locator, nth = 0): Promise<string[][]> {
  const item = (await openMenu(panel)).getByRole('menuitemcheckbox').nth(nth);
  const name = /^Table of “(.*)”$/.exec((await item.getAttribute('aria-label')) ?? '')?.[1] ?? '';
  if ((await item.getAttribute('aria-checked')) === 'true') await panel.page().keyboard.press('Escape');
  else await item.click();
  await expect(panel.getByRole('menu')).toHaveCount(0);
  const table = panel.locator(`[data-figure="${name}"] > .data-table`);
  await expect(table.locator('tbody tr').first()).toBeVisible();
  return table.locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? '')));
}
