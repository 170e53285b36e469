// Trunk's post_build hook: what a static host needs beyond Trunk's output.
//   scripts and modules    get their content's hash into their names (Trunk's is that of a module before wasm-opt), and are told
//                          each other's names.
//   unroll-flow-later-….wasm  what scripts/split/wasm-bindgen split off a module, and unroll-flow-parts-….js, which fetches it.
//   manifest.webmanifest   gets the app's identity, where UNROLL_PUBLIC_PATH says what that is.
//   train.html             a page for each module unroll-<route>, which static hosts then answer without an error status.
//   index.html             gets the picture of the state that its empty address shows, pages/first.html.
//   404.html               a page for hosts (GitHub Pages) that show it for a route they do not know; it starts the module that
//                          the route names. UNROLL_PUBLIC_PATH (such as /unroll/) makes its paths absolute, so that it works at any depth.
//   files-<version>.json   the files of this version, which changes whenever one of them does; sw.js keeps them for offline use.
//   *.js, *.css            lose what only their readers need, in a release build.
//   *.br, *.gz             compressed copies for the server to send, of a release build.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { transformSync } from 'esbuild';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { COMPRESSIBLE, HASHED, rooted } from './page.mjs';

const folder = process.env.TRUNK_STAGING_DIR;
if (!folder) throw new Error('finish-dist.mjs is run by Trunk, which names the folder in TRUNK_STAGING_DIR.');
const base = process.env.UNROLL_PUBLIC_PATH ?? './';
if (base !== './' && !/^\/(.*\/)?$/.test(base)) {
  throw new Error(`UNROLL_PUBLIC_PATH is "${base}"; it must begin and end with a slash, such as /unroll/.`);
}

const read = (name) => readFileSync(join(folder, name), 'utf8');
const write = (name, text) => writeFileSync(join(folder, name), text);
const hash = (...parts) => parts.reduce((digest, part) => digest.update(part).update('\0'), createHash('sha256')).digest('hex').slice(0, 16);
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join('/'))
    .sort();

/** Replaces text that must be there. */
function fill(text, places, where) {
  for (const [place, value] of places) {
    if (!text.includes(place)) throw new Error(`${where} no longer has ${place}, which this script fills in.`);
    text = text.replaceAll(place, value);
  }
  return text;
}

const profile = process.env.TRUNK_PROFILE === 'debug' ? 'debug' : 'release';
/** A script or a style sheet without what only its readers need. */
const small = (name, text) =>
  profile === 'debug' ? text : transformSync(text, { loader: extname(name).slice(1), minify: true, target: 'es2022', charset: 'utf8' }).code;

/** Gives a file its hashed name, after filling it in, and says that name. */
function named(file, stem, places = []) {
  const content = file.endsWith('.js') ? small(file, fill(read(file), places, file)) : readFileSync(join(folder, file));
  const name = `${stem}-${hash(content)}${extname(file)}`;
  rmSync(join(folder, file));
  writeFileSync(join(folder, name), content);
  return name;
}

/** Where scripts/split/wasm-bindgen put the parts of a module. */
const partsOf = (name) => join(process.env.CARGO_TARGET_DIR ?? 'target', 'split', profile, `unroll-${name}`);

/** The module `unroll-<name>` of which Trunk wrote these files, with its parts. */
function module(name, builtJs, builtWasm) {
  const stem = `unroll-${name}`;
  const wasm = named(builtWasm, stem);
  const places = [[`${stem}_bg.wasm`, wasm]];
  const parts = existsSync(partsOf(name)) ? readdirSync(partsOf(name)).filter((file) => /^(split|chunk)_.*\.wasm$/.test(file)) : [];
  if (parts.length === 0) return { js: named(builtJs, stem, places), wasm };
  const part = (file) => {
    const content = readFileSync(join(partsOf(name), file));
    const partName = `unroll-${file.replace(/^split_|\.wasm$/g, '').replaceAll('_', '-')}-${hash(content)}.wasm`;
    writeFileSync(join(folder, partName), content);
    return [file, partName];
  };
  // The module's script and the one that fetches the parts name each other, so that one hash is in both names.
  const link = '__wasm_split.js';
  const linker = fill(readFileSync(join(partsOf(name), link), 'utf8'), parts.map(part), link);
  const both = hash(read(builtJs), linker, wasm);
  const [js, partsJs] = [`${stem}-${both}.js`, `${stem}-parts-${both}.js`];
  write(js, small(js, fill(read(builtJs), [...places, [`from "./${link}"`, `from "./${partsJs}"`]], builtJs)));
  write(partsJs, small(partsJs, fill(linker, [[`"./${stem}.js"`, `"./${js}"`]], link)));
  rmSync(join(folder, builtJs));
  return { js, wasm, parts: partsJs };
}

// Trunk's main module is the page at the root of the app; its hash is in its name already. The others are named for their routes.
const trunks = read('index.html');
const [preload, mainJs, mainWasm] = trunks.match(/<link rel="modulepreload" href="\.\/([^"]+)"><link rel="preload" href="\.\/([^"]+)"[^>]*>/) ?? [];
if (!preload) throw new Error('Trunk.toml’s pattern_preload no longer names the module, which this script looks for in index.html.');
const others = files().flatMap((name) => name.match(/^unroll-([a-z]+)\.js$/)?.[1] ?? []);
const modules = Object.fromEntries(others.map((name) => [name, module(name, `unroll-${name}.js`, `unroll-${name}_bg.wasm`)]));
const { worker: jobs, ...labs } = modules;
const pages = { '': module(mainJs.match(/^unroll-([a-z]+)-/)[1], mainJs, mainWasm), ...labs };

for (const name of files().filter((name) => name.endsWith('.css'))) write(name, small(name, read(name)));
const worker = named('worker.js', 'worker', [['unbuilt.js', jobs.js], ['unbuilt.wasm', jobs.wasm]]);
const updates = named('updates.js', 'updates');
const first = named('first.js', 'first');
const boot = named('boot.js', 'boot', [
  ['./updates.js', `./${updates}`],
  ["WORKER = 'worker.js'", `WORKER = '${worker}'`],
  ['PAGES = {}', `PAGES = ${JSON.stringify(pages)}`],
]);

// An identity is an address. Without one it is that of start_url, wherever the page lies; "./" would be the host's root.
const manifest = JSON.parse(read('manifest.webmanifest'));
if (base !== './') Object.assign(manifest, { id: base, start_url: base, scope: base });
write('manifest.webmanifest', `${JSON.stringify(manifest, null, 2)}\n`);

/** The page of a route; `loads` is what the browser may fetch before the script asks for it. */
const pageOf = (loads) => fill(trunks, [[preload, loads], ['./boot.js"', `./${boot}"`], ['./first.js"', `./${first}"`]], 'index.html');
/** What is seen before the module runs: which lab it is, where that is known, and the picture, which is of the first page's state. */
const firstSeen = (page, route) => {
  const here = route === undefined ? [] : [[`<a href="./${route}">`, `<a href="./${route}" aria-current="page">`]];
  return fill(page, [...here, ['<!-- first picture -->', route === '' ? readFileSync('pages/first.html', 'utf8') : '']], 'index.html');
};
const loading = ({ js, wasm, parts }) =>
  preload.replace(mainJs, js).replace(mainWasm, wasm) + (parts ? `<link rel="modulepreload" href="./${parts}">` : '');
rmSync(join(folder, 'index.html'));
const kept = files().filter((name) => name !== 'sw.js');
const version = hash(pageOf(''), ...kept.flatMap((name) => [name, readFileSync(join(folder, name))]));
const versioned = (page) => fill(page, [['<html lang="en"', `<html lang="en" data-version="${version}"`]], 'index.html');
/** A style sheet that is named for a lab is for the lab's own page. */
const ownStyles = (page, route) =>
  Object.keys(labs)
    .filter((lab) => lab !== route)
    .reduce((text, lab) => text.replace(new RegExp(`\\s*<link rel="stylesheet" href="\\./${lab}-[^>]*>`), ''), page);
const htmls = Object.entries(pages).map(([route, names]) => [`${route || 'index'}.html`, firstSeen(ownStyles(versioned(pageOf(loading(names))), route), route)]);
for (const [name, html] of htmls) write(name, html);
write('404.html', rooted(firstSeen(versioned(pageOf(''))), base));
write(`files-${version}.json`, JSON.stringify([...htmls.map(([name]) => name), ...kept]));
write('sw.js', small('sw.js', fill(read('sw.js'), [["'unreleased'", `'${version}'`], ['HASHED = /^$/', `HASHED = ${HASHED}`]], 'public/sw.js')));

for (const name of files().filter((name) => /^(boot|first|updates|worker|files|unroll)-/.test(name))) {
  if (!HASHED.test(name)) throw new Error(`${name} is taken for a name without a hash; scripts/page.mjs says how such names look.`);
}

if (process.env.TRUNK_PROFILE !== 'debug') {
  for (const name of files().filter((name) => COMPRESSIBLE.test(name))) {
    const bytes = readFileSync(join(folder, name));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes, { params }));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
}
