// The offline copy. Network first, so that a new release is never hidden behind an old copy; the copy answers when the
// network does not. scripts/finish-dist.mjs fills in the two constants at build time.
const VERSION = 'unreleased';
const FILES = [];

// Several deployments can share an origin: the scope keeps their caches apart.
const PREFIX = `unroll ${self.registration.scope} `;
const CACHE = PREFIX + VERSION;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: 'no-cache' })))));
});

self.addEventListener('activate', (event) => {
  const stale = (name) => name.startsWith(PREFIX) && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(stale).map((name) => caches.delete(name)))));
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(self.registration.scope)) return;
  event.respondWith(fetch(request).catch(async (offline) => {
    const cache = await caches.open(CACHE);
    const copy = request.mode === 'navigate' ? await cache.match('./index.html') : await cache.match(request, { ignoreVary: true });
    if (copy) return copy;
    throw offline;
  }));
});
