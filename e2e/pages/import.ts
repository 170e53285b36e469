import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';

/** A file as a page is given it. */
export type Given = { name: string; mimeType: string; buffer: Buffer };

export const FIXTURES = new URL('../../crates/formats/tests/fixtures/files/', import.meta.url);

export async function fixture(name: string): Promise<Given> {
  return { name, mimeType: 'application/octet-stream', buffer: await readFile(new URL(name, FIXTURES)) };
}

/** A file of the kinds that public reports tell of. */
export async function caseFile(name: string): Promise<Given> {
  const folder = new URL('../cases/', FIXTURES);
  return { name, mimeType: 'application/octet-stream', buffer: await readFile(new URL(name, folder)) };
}

export const file = (name: string, content: string | Uint8Array): Given => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content as never),
});

/** Bringing files, as a user does. */
export class Import {
  constructor(readonly page: Page) {}

  dialog(): Locator {
    return this.page.getByRole('dialog', { name: /^Import from/ });
  }

  notice(): Locator {
    return this.page.locator('.notice');
  }

  /** The report on the cell in focus, which says what was assumed. */
  report(): Locator {
    return this.page.locator('[data-panel="report"]');
  }

  /** Through the file input behind every Import button. */
  async open(given: Given) {
    await this.page.getByLabel('A file to import').setInputFiles(given);
  }

  /** Anywhere on the page. */
  async drop(given: Given) {
    const data = await this.page.evaluateHandle(
      ({ name, bytes }) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], name));
        return data;
      },
      { name: given.name, bytes: given.buffer.toString('base64') },
    );
    await this.page.locator('#stage').dispatchEvent('drop', { dataTransfer: data });
  }

  /** One of the dialog's radio buttons. */
  option(name: string | RegExp): Locator {
    return this.dialog().getByRole('radio', typeof name === 'string' ? { name, exact: true } : { name });
  }

  async choose(name: string | RegExp) {
    await this.option(name).check();
  }

  /** The box of a column, whatever is said about it behind its name. */
  column(name: string): Locator {
    return this.dialog().getByRole('checkbox', { name: new RegExp(`^${name}( \\(|\\s*$)`) });
  }

  /** Imports what the dialog shows. */
  async confirm() {
    await this.dialog().getByRole('button', { name: 'Import', exact: true }).click();
    await expect(this.dialog()).toBeHidden();
  }

  /** The JSON that a button of the rail saves. */
  async save(label: string): Promise<Buffer> {
    const download = this.page.waitForEvent('download');
    await this.page.getByRole('button', { name: label, exact: true }).click();
    return readFile(await (await download).path());
  }

  /** The hidden states h_1…h_T, `[T][n]`, from the traces the page saves. */
  async states(): Promise<number[][]> {
    const traces = JSON.parse((await this.save('Traces as JSON')).toString());
    const n = traces.experiment.hidden_size as number;
    const steps = traces.experiment.seq_len as number;
    return Array.from({ length: steps }, (_, t) => Array.from({ length: n }, (_, unit) => traces.states[`h_${unit + 1}`][t + 1]));
  }
}
