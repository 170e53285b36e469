import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request as ask } from 'node:http';
import { FOLDER_URL, ROOT_URL } from '../playwright.config';
import { expect, test } from '../pages/test';

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };

/** An answer as it is sent, not unpacked. */
function get(address: string, encodings?: string): Promise<Answer> {
  return new Promise((found, failed) => {
    const question = ask(address, { headers: encodings === undefined ? {} : { 'Accept-Encoding': encodings } }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('end', () => found({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }));
    });
    question.on('error', failed);
    question.end();
  });
}

test('files are sent compressed as the browser accepts it, and kept for long only if their name has their hash', async () => {
  const page = await get(FOLDER_URL, 'gzip, deflate, br');
  expect(page.headers['content-encoding']).toBe('br');
  expect(page.headers['cache-control']).toBe('no-cache');
  const html = brotliDecompressSync(page.body).toString();
  const wasm = new URL(/[^"/]+\.wasm/.exec(html)?.[0] ?? 'none', FOLDER_URL).href;
  const plain = await get(wasm);
  expect(plain.headers).toMatchObject({ 'content-type': 'application/wasm', vary: 'Accept-Encoding', 'cache-control': 'public, max-age=31536000, immutable' });
  expect(plain.headers['content-encoding']).toBeUndefined();
  const unpack = { br: brotliDecompressSync, gzip: gunzipSync };
  for (const [accepted, sent] of [['gzip, deflate, br', 'br'], ['gzip', 'gzip'], ['br;q=0, *', 'gzip'], ['GZIP;q=0.5', 'gzip']] as const) {
    const answer = await get(wasm, accepted);
    expect(answer.headers).toMatchObject({ 'content-encoding': sent, 'content-type': 'application/wasm', vary: 'Accept-Encoding' });
    expect(Number(answer.headers['content-length'])).toBe(answer.body.length);
    expect(unpack[sent](answer.body).equals(plain.body)).toBe(true);
    expect(answer.body.length).toBeLessThan(plain.body.length / 2);
  }
  for (const refused of ['identity', 'br;q=0, gzip;q=0', 'zstd']) {
    expect((await get(wasm, refused)).headers['content-encoding']).toBeUndefined();
  }
  expect((await get(`${FOLDER_URL}sw.js`)).headers['cache-control']).toBe('no-cache');
  expect((await get(wasm.replace('unroll-flow', 'unroll-flaw'))).status).toBe(404);
});

for (const address of [ROOT_URL, FOLDER_URL]) {
  test(`the browser reads the manifest of ${new URL(address).pathname} without complaint, and its icons`, async ({ page, context }) => {
    await page.goto(address);
    const devtools = await context.newCDPSession(page);
    const { errors, data, manifest } = await devtools.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    // Two deployments on one host are two apps.
    expect(manifest).toMatchObject({ id: address, startUrl: address, scope: address });
    const icons = (JSON.parse(data ?? '{}') as { icons: { src: string; sizes: string; type: string; purpose?: string }[] }).icons;
    for (const [sizes, purpose] of [['192x192', 'any'], ['512x512', 'any'], ['512x512', 'maskable']]) {
      expect(icons.filter((icon) => icon.type === 'image/png' && icon.sizes === sizes && icon.purpose === purpose)).toHaveLength(1);
    }
    for (const icon of icons.filter(({ type }) => type === 'image/png')) {
      const { width, corner } = await page.evaluate(async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
        const context = canvas.getContext('2d');
        context?.drawImage(image, 0, 0);
        return { width: image.width, corner: context?.getImageData(0, 0, 1, 1).data[3] };
      }, new URL(icon.src, address).href);
      expect(`${width}x${width}`).toBe(icon.sizes);
      // What is cut into a shape by the system fills its square.
      expect(corner).toBe(icon.purpose === 'maskable' ? 255 : 0);
    }
  });
}
