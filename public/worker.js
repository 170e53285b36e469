// A worker of the app: it loads the module that serves the jobs of every lab. Messages that come while it loads are kept and
// handed over. scripts/finish-dist.mjs fills in the names of this build's
// module, so that a worker's script never meets the module of another version.
const JS = 'unbuilt.js';
const WASM = 'unbuilt.wasm';

const early = [];
self.onmessage = (event) => early.push(event.data);

const app = await import(new URL(JS, import.meta.url));
await app.default({ module_or_path: new URL(WASM, import.meta.url) });
for (const data of early) self.onmessage(new MessageEvent('message', { data }));
