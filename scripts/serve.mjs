// Serves the built page: node scripts/serve.mjs [--port 8080] [--base /unroll/] [--dir dist] [--check]
//   --port   default: PORT from the environment, else 8080; 0 takes any free one
//   --base   the path it is served under, to try a deployment in a sub-folder
//   --check  only say whether the port is free
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { COMPRESSIBLE, HASHED, rooted } from './page.mjs';

const HOST = '127.0.0.1';
const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

const { values: options } = parseArgs({
  options: {
    port: { type: 'string', default: process.env.PORT || '8080' },
    base: { type: 'string', default: '/' },
    dir: { type: 'string', default: 'dist' },
    check: { type: 'boolean', default: false },
  },
});
const port = Number(options.port);
if (!/^\d+$/.test(options.port) || port > 65535) {
  stop(`The port must be a whole number from 0 to 65535, not "${options.port}".`);
}
const base = options.base;
if (!/^\/(.*\/)?$/.test(base)) stop(`--base must begin and end with a slash, such as /unroll/, not "${base}".`);
const root = resolve(options.dir);
if (!options.check && !existsSync(join(root, 'index.html'))) {
  stop(`There is no page in ${root} yet; "make build" makes one.`);
}

/** Encodings that the build makes copies in, the smaller first: what the header calls them, how the copy's name ends. */
const ENCODINGS = [
  { name: 'br', ending: '.br', compress: brotliCompressSync },
  { name: 'gzip', ending: '.gz', compress: gzipSync },
];

/** The encodings that a request accepts; RFC 9110, section 12.5.3. */
function accepted(request) {
  const weights = new Map();
  for (const part of (request.headers['accept-encoding'] ?? '').toLowerCase().split(',')) {
    const [name, ...parameters] = part.trim().split(/\s*;\s*/);
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    weights.set(name, weight ? Number(weight.slice(2)) : 1);
  }
  return ENCODINGS.filter(({ name }) => (weights.get(name) ?? weights.get('*') ?? 0) > 0);
}

const COMMON = { 'X-Content-Type-Options': 'nosniff' };
// A page, the service worker and the manifest have the same name in every version; what has its hash in its name never changes.
const caching = (file) => (HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache');

function send(request, response, status, headers, body) {
  response.writeHead(status, { 'Cache-Control': 'no-cache', 'Content-Length': Buffer.byteLength(body), ...COMMON, ...headers });
  response.end(request.method === 'HEAD' ? undefined : body);
}
const plain = (request, response, status, text, headers = {}) =>
  send(request, response, status, { 'Content-Type': TYPES['.txt'], ...headers }, `${text}\n`);

/** A page of the app with its folder spelled out, because a route can be of any depth. */
function sendPage(request, response, name) {
  const page = Buffer.from(rooted(readFileSync(join(root, name), 'utf8'), base));
  const [encoding] = accepted(request);
  const headers = { 'Content-Type': TYPES['.html'], Vary: 'Accept-Encoding', ...(encoding && { 'Content-Encoding': encoding.name }) };
  send(request, response, 200, headers, encoding ? encoding.compress(page) : page);
}

function sendFile(request, response, file) {
  const compressible = COMPRESSIBLE.test(file);
  // A folder that was built without compressed copies is served as it is.
  const encoding = compressible ? accepted(request).find(({ ending }) => statSync(file + ending, { throwIfNoEntry: false })?.isFile()) : undefined;
  const sent = file + (encoding?.ending ?? '');
  response.writeHead(200, {
    'Cache-Control': caching(file),
    'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
    'Content-Length': statSync(sent).size,
    ...COMMON,
    ...(compressible && { Vary: 'Accept-Encoding' }),
    ...(encoding && { 'Content-Encoding': encoding.name }),
  });
  if (request.method === 'HEAD') return response.end();
  createReadStream(sent).on('error', () => response.destroy()).pipe(response);
}

function answer(request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return plain(request, response, 405, 'Only GET and HEAD are served here.', { Allow: 'GET, HEAD' });
  }
  const address = request.url.split('?', 1)[0];
  if (`${address}/` === base) return plain(request, response, 301, 'The app is one slash further.', { Location: base });
  if (!address.startsWith(base)) return plain(request, response, 404, `Nothing is served outside ${base}.`);
  let path;
  try {
    path = decodeURIComponent(address.slice(base.length));
  } catch {
    return plain(request, response, 400, 'The address is not valid percent-encoding.');
  }
  const file = resolve(root, path);
  if (path.includes('\0') || (file !== root && !file.startsWith(root + sep))) {
    return plain(request, response, 404, 'There is no such file.');
  }
  if (file === root || extname(file) === '') {
    const route = path.replace(/\/$/, '');
    return sendPage(request, response, route && existsSync(join(root, `${route}.html`)) ? `${route}.html` : 'index.html');
  }
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return plain(request, response, 404, 'There is no such file.');
  if (extname(file) === '.html') return sendPage(request, response, path);
  sendFile(request, response, file);
}

const server = createServer(options.check ? undefined : answer);
server.on('error', (error) => {
  if (error.code === 'EADDRINUSE') {
    stop(`Port ${port} on ${HOST} is already in use; stop what is using it or choose another one, such as PORT=${port < 65535 ? port + 1 : 8080} make serve.`);
  }
  if (error.code === 'EACCES') stop(`This user may not listen on port ${port}; choose one above 1023, such as PORT=8080 make serve.`);
  stop(`The server could not start: ${error.message}.`);
});
server.listen(port, HOST, () => {
  if (options.check) server.close();
  else console.log(`Unroll is at http://${HOST}:${server.address().port}${base} (Ctrl-C stops it)`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
