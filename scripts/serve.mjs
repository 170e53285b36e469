// Serves the built page: node scripts/serve.mjs [--port 8080] [--base /unroll/] [--dir dist] [--check]
//   --port   default: PORT from the environment, else 8080; 0 takes any free one
//   --base   the path it is served under, to try a deployment in a sub-folder
//   --check  only say whether the port is free
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { rooted } from './page.mjs';

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

function send(response, status, headers, body) {
  response.writeHead(status, { 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff', ...headers });
  response.end(body);
}
const plain = (response, status, text, headers = {}) =>
  send(response, status, { 'Content-Type': TYPES['.txt'], ...headers }, `${text}\n`);

function answer(request, response) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return plain(response, 405, 'Only GET and HEAD are served here.', { Allow: 'GET, HEAD' });
  }
  const address = request.url.split('?', 1)[0];
  if (`${address}/` === base) return plain(response, 301, 'The app is one slash further.', { Location: base });
  if (!address.startsWith(base)) return plain(response, 404, `Nothing is served outside ${base}.`);
  let path;
  try {
    path = decodeURIComponent(address.slice(base.length));
  } catch {
    return plain(response, 400, 'The address is not valid percent-encoding.');
  }
  const file = resolve(root, path);
  if (path.includes('\0') || (file !== root && !file.startsWith(root + sep))) {
    return plain(response, 404, 'There is no such file.');
  }
  const extension = extname(file);
  if (file === root || extension === '') {
    // A route of the app: the page itself answers, with its folder spelled out, because the route can be of any depth.
    const page = rooted(readFileSync(join(root, 'index.html'), 'utf8'), base);
    return send(response, 200, { 'Content-Type': TYPES['.html'] }, request.method === 'HEAD' ? undefined : page);
  }
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return plain(response, 404, 'There is no such file.');
  const headers = { 'Content-Type': TYPES[extension] ?? 'application/octet-stream', 'Content-Length': stat.size };
  if (request.method === 'HEAD') return send(response, 200, headers);
  response.writeHead(200, { 'Cache-Control': 'no-cache', 'X-Content-Type-Options': 'nosniff', ...headers });
  createReadStream(file).on('error', () => response.destroy()).pipe(response);
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
