// Makes the PNG icons of public/ from public/icon.svg: scripts/with native node scripts/icons.mjs (after a change of the picture).
// A maskable icon is cut into a shape by the system: its ground fills the square, and the picture is in the middle 80%.
import { readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';

const folder = new URL('../public/', import.meta.url);
const svg = readFileSync(new URL('icon.svg', folder), 'utf8');
const ground = svg.match(/<rect [^>]*fill="([^"]+)"/)[1];
const ICONS = [
  { name: 'icon-192.png', size: 192, picture: svg, share: 1, ground: 'transparent' },
  { name: 'icon-512.png', size: 512, picture: svg, share: 1, ground: 'transparent' },
  { name: 'icon-maskable-512.png', size: 512, picture: svg.replace(/ rx="\d+"/, ''), share: 0.8, ground },
];

const browser = await chromium.launch({ executablePath: process.env.CHROME ?? 'chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  for (const { name, size, picture, share, ground } of ICONS) {
    const page = await browser.newPage({ viewport: { width: size, height: size } });
    await page.setContent(
      `<body style="margin:0;display:grid;place-items:center;height:100vh;background:${ground}">${picture.replace('<svg ', `<svg width="${size * share}" height="${size * share}" `)}`,
    );
    await page.screenshot({ path: new URL(name, folder).pathname, omitBackground: true });
    await page.close();
  }
} finally {
  await browser.close();
}
