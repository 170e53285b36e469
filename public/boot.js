// Starts the app. A file of its own because the content security policy allows no inline script; everything is addressed
// relative to this file, so it works under any path. It tells the app that path, and where its workers' script is:
// <html data-root="/unroll/" data-worker="/unroll/worker-0123456789abcdef.js">.
// scripts/finish-dist.mjs fills in the names: of the workers' script, and of the module of each route's page.
const WORKER = 'worker.js';
const PAGES = {};

const beside = (name) => new URL(name, import.meta.url);
const root = beside('./').pathname;
Object.assign(document.documentElement.dataset, { root, worker: beside(WORKER).pathname });

function explain(error) {
  console.error(error);
  const message = document.createElement('p');
  message.setAttribute('role', 'alert');
  message.textContent =
    'Unroll could not start. It needs a browser with WebAssembly SIMD (Chrome or Edge 91, Firefox 89, Safari 16.4 or newer). ' +
    `The browser said: ${error.message ?? error}`;
  document.body.prepend(message);
}

try {
  const route = location.pathname.slice(root.length).replace(/(\.html|\/)$/, '');
  const page = PAGES[route] ?? PAGES[''];
  const app = await import(beside(page.js));
  const wasm = await app.default({ module_or_path: beside(page.wasm) });
  dispatchEvent(new CustomEvent('TrunkApplicationStarted', { detail: { wasm } }));
} catch (error) {
  explain(error);
}

// Offline use is a convenience: where it is not to be had (a private window, a blocked store), the app works without it.
if (navigator.serviceWorker && window.isSecureContext) {
  import('./updates.js')
    .then(({ follow }) => follow(beside('sw.js')))
    .catch((reason) => console.info(`No offline copy: ${reason}`));
}
