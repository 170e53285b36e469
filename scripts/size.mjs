// How large the release build is: node scripts/size.mjs [--dir dist] [--check]
// Every file as it is, with gzip and with Brotli, and what the first load of each route transfers: the page, what it names, what its
// scripts load at once, and the module of its lab. --check fails past the budget of scripts/budget.json, in bytes.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { COMPRESSIBLE } from './page.mjs';

const { values: options } = parseArgs({ options: { dir: { type: 'string', default: 'dist' }, check: { type: 'boolean', default: false } } });
const names = existsSync(options.dir) ? readdirSync(options.dir) : [];
if (!names.some((name) => name.endsWith('.wasm.br'))) {
  console.error(`There is no release build in ${options.dir} yet; "make build" makes one.`);
  process.exit(1);
}
const text = (name) => readFileSync(join(options.dir, name), 'utf8');
const bytes = (name, ending) => readFileSync(join(options.dir, COMPRESSIBLE.test(name) ? name + ending : name)).length;
const sizes = (name) => ({ raw: bytes(name, ''), gzip: bytes(name, '.gz'), brotli: bytes(name, '.br') });
const sum = (list) => list.reduce((all, one) => ({ raw: all.raw + one.raw, gzip: all.gzip + one.gzip, brotli: all.brotli + one.brotli }), { raw: 0, gzip: 0, brotli: 0 });

const table = (title, rows) => {
  const width = Math.max(title.length, ...rows.map(([name]) => name.length));
  const line = (name, cells) => console.log(name.padEnd(width), ...cells.map((cell) => String(cell).padStart(11)));
  line(title, ['raw', 'gzip', 'Brotli']);
  for (const [name, size] of rows) line(name, [size.raw, size.gzip, size.brotli].map((value) => value.toLocaleString('en')));
};

const files = names.filter((name) => !/\.(br|gz)$/.test(name)).map((name) => [name, sizes(name)]);
table('file', files.sort(([, a], [, b]) => b.brotli - a.brotli));

/** What a page loads at once, by the names in it and in its scripts. */
function firstLoad(html) {
  const loaded = new Set([html]);
  const named = (source, pattern) => [...source.matchAll(pattern)].map(([, name]) => name).filter((name) => names.includes(name));
  for (const name of named(text(html), /="\.\/([^"]+)"/g)) loaded.add(name);
  const [boot] = [...loaded].filter((name) => name.startsWith('boot-'));
  for (const name of named(text(boot), /'\.\/([^']+)'/g)) loaded.add(name);
  return sum([...loaded].map(sizes));
}

const pages = names.filter((name) => name.endsWith('.html') && name !== '404.html');
const routes = pages.map((page) => [page === 'index.html' ? '' : page.replace('.html', ''), firstLoad(page)]);
console.log();
table('first load', routes.map(([route, size]) => [`/${route}`, size]));

if (options.check) {
  const budget = JSON.parse(readFileSync(new URL('budget.json', import.meta.url), 'utf8'));
  const past = routes.flatMap(([route, size]) => {
    const allowed = budget[route];
    if (!allowed) return [`/${route} has no budget in scripts/budget.json.`];
    return Object.keys(allowed).flatMap((kind) =>
      size[kind] > allowed[kind] ? [`The first load of /${route} is ${size[kind].toLocaleString('en')} bytes in ${kind}; its budget is ${allowed[kind].toLocaleString('en')}.`] : []);
  });
  past.forEach((sentence) => console.error(sentence));
  if (past.length > 0) process.exit(1);
}
