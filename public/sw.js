// Keeps every version of the app whole. A version is kept in a cache of its own, and only a complete one answers navigations;
// a tab keeps getting the files of the version it was opened with, also after the server has replaced them.
// scripts/finish-dist.mjs fills in the two constants at build time.
const VERSION = 'unreleased';
const HASHED = /^$/;

// Several deployments can share an origin: the scope keeps their caches apart.
const SCOPE = self.registration.scope;
const PREFIX = `unroll ${SCOPE} `;
/** Marks a complete cache; its text is the time at which the network last named this version. */
const SEAL = `${SCOPE}complete`;
/** A navigation waits so long for the network before the copy answers, in milliseconds. */
const PATIENCE = 2500;
/** A tab has so long to say which version it shows, in milliseconds. */
const HEARING = 3000;

const isPage = (response) => response.ok && (response.headers.get('Content-Type') ?? '').startsWith('text/html');
const versionOf = (html) => html.match(/ data-version="([0-9a-f]+)"/)?.[1];

/** Puts one file of a version into its cache. A file whose name has its hash is the same in every version that has it. */
async function keep(cache, file, version) {
  const address = new URL(file, SCOPE).href;
  if (HASHED.test(file)) {
    const copy = await caches.match(address, { ignoreVary: true });
    if (copy) return cache.put(address, copy);
  }
  const response = await fetch(address, { cache: HASHED.test(file) ? 'default' : 'no-cache' });
  if (!response.ok || isPage(response) !== file.endsWith('.html')) throw new Error(`${file} is not there, or something else is in its place.`);
  // While a deployment is going on, the page can already be the next version's, or still the last one's.
  if (file.endsWith('.html') && versionOf(await response.clone().text()) !== version) throw new Error(`${file} belongs to another version.`);
  return cache.put(address, response);
}

const underway = new Map();

/** Makes sure that a version is kept whole; fails where one of its files is not to be had. */
function complete(version) {
  const work = underway.get(version) ?? gather(version).finally(() => underway.delete(version));
  underway.set(version, work);
  return work;
}

async function gather(version) {
  const cache = await caches.open(PREFIX + version);
  const known = await cache.match(SEAL);
  if (!known) {
    const list = await fetch(new URL(`files-${version}.json`, SCOPE));
    if (!list.ok) throw new Error(`The list of files of version ${version} is not there.`);
    await Promise.all((await list.json()).map((file) => keep(cache, file, version)));
  }
  await cache.put(SEAL, new Response(String(Date.now())));
  if (!known) for (const tab of await self.clients.matchAll({ type: 'window' })) tab.postMessage({ ready: version });
}

/** The complete version that the network named last, and its cache. */
async function newest() {
  let best;
  for (const name of await caches.keys()) {
    if (!name.startsWith(PREFIX)) continue;
    const cache = await caches.open(name);
    const seal = await cache.match(SEAL);
    const time = seal && Number(await seal.text());
    if (seal && !(best?.time > time)) best = { version: name.slice(PREFIX.length), cache, time };
  }
  return best;
}

/** The page of a route from the newest complete version, with its folder spelled out, because the route can be of any depth. */
async function copyOf(address) {
  const kept = await newest();
  if (!kept) return undefined;
  const route = new URL(address).pathname.slice(new URL(SCOPE).pathname.length).replace(/\.html$/, '').replace(/\/$/, '');
  const page = (route && (await kept.cache.match(new URL(`${route}.html`, SCOPE)))) || (await kept.cache.match(new URL('index.html', SCOPE)));
  if (!page) return undefined;
  const headers = new Headers(page.headers);
  for (const name of ['Content-Encoding', 'Content-Length']) headers.delete(name);
  return new Response((await page.text()).replaceAll('="./', `="${new URL(SCOPE).pathname}`), { headers });
}

/** Answers a navigation: the network's page where it comes in time, is one, and all its files are here. */
async function navigate(event) {
  let came;
  const network = (async () => {
    came = await fetch(event.request);
    if (!isPage(came)) return undefined;
    const page = came.clone();
    const version = versionOf(await came.clone().text());
    if (version) await complete(version);
    return page;
  })();
  // A version that is not complete in time is completed for the next navigation.
  event.waitUntil(network.catch(() => undefined));
  const late = new Promise((answer) => setTimeout(answer, PATIENCE));
  const answer = (await Promise.race([network.catch(() => undefined), late])) ?? (await copyOf(event.request.url));
  return answer ?? (await network.catch((reason) => { if (!came) throw reason; })) ?? came;
}

/** A file of any version: from its copy first if its name has its hash, from the network first otherwise. */
async function file(request) {
  const copy = () => caches.match(request, { ignoreVary: true });
  if (HASHED.test(request.url)) return (await copy()) ?? fetch(request);
  try {
    const response = await fetch(request);
    return response.ok ? response : ((await copy()) ?? response);
  } catch (offline) {
    const found = await copy();
    if (found) return found;
    throw offline;
  }
}

/** Deletes the versions that no tab shows any more, unless a tab does not say what it shows. */
async function tidy() {
  const tabs = await self.clients.matchAll({ type: 'window' });
  const shown = await Promise.all(tabs.map((tab) => new Promise((answer) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => answer(event.data);
    setTimeout(answer, HEARING);
    tab.postMessage({ asked: 'version' }, [port2]);
  })));
  if (shown.includes(undefined)) return;
  const wanted = new Set([VERSION, (await newest())?.version, ...underway.keys(), ...shown].map((version) => PREFIX + version));
  const stale = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && !wanted.has(name));
  await Promise.all(stale.map((name) => caches.delete(name)));
}

// It takes over at once: it has the files of older tabs too.
self.addEventListener('install', (event) => event.waitUntil(complete(VERSION).then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

// A tab says which version it shows when it starts and when another worker takes over.
self.addEventListener('message', (event) => {
  const { shows } = event.data ?? {};
  if (!shows) return;
  event.waitUntil((async () => {
    const kept = await newest();
    if (kept && kept.version !== shows) event.source?.postMessage({ ready: kept.version });
    await tidy();
  })());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(SCOPE)) return;
  const isRoute = request.mode === 'navigate' && !/\.(?!html$)[^./]+$/.test(new URL(request.url).pathname);
  event.respondWith(isRoute ? navigate(event) : file(request));
});
