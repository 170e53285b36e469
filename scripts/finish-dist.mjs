// Trunk's post_build hook: what a static host needs beyond Trunk's output.
//   404.html  the app again, for hosts (GitHub Pages) that show it for a route they do not know. UNROLL_PUBLIC_PATH
//             (such as /unroll/) makes its paths absolute, so that it works at any depth.
//   train.html  and again for each route, which such hosts then answer without an error status.
//   sw.js     gets the list of files to keep for offline use and a version that changes whenever one of them does.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { rooted } from './page.mjs';

const ROUTES = ['train'];

const folder = process.env.TRUNK_STAGING_DIR;
if (!folder) throw new Error('finish-dist.mjs is run by Trunk, which names the folder in TRUNK_STAGING_DIR.');
const base = process.env.UNROLL_PUBLIC_PATH ?? './';
if (base !== './' && !/^\/(.*\/)?$/.test(base)) {
  throw new Error(`UNROLL_PUBLIC_PATH is "${base}"; it must begin and end with a slash, such as /unroll/.`);
}

const page = readFileSync(join(folder, 'index.html'), 'utf8');
writeFileSync(join(folder, '404.html'), rooted(page, base));
for (const route of ROUTES) writeFileSync(join(folder, `${route}.html`), page);

const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !['sw.js', '404.html'].includes(entry.name))
  .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join('/'))
  .sort();
const digest = createHash('sha256');
for (const file of files) digest.update(file).update('\0').update(readFileSync(join(folder, file)));

const worker = readFileSync(join(folder, 'sw.js'), 'utf8')
  .replace("VERSION = 'unreleased'", `VERSION = '${digest.digest('hex').slice(0, 16)}'`)
  .replace('FILES = []', `FILES = ${JSON.stringify(files.map((file) => `./${file}`))}`);
if (/unreleased|FILES = \[\]/.test(worker)) throw new Error('public/sw.js no longer has the two constants that this script fills in.');
writeFileSync(join(folder, 'sw.js'), worker);
