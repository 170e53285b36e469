// Starts the app. A file of its own because the content security policy allows no inline script; everything is addressed
// relative to this file, so it works under any path. It tells the app that path: <html data-root="/unroll/">.
const { js, wasm: binary } = document.querySelector('script[data-wasm]').dataset;
const beside = (name) => new URL(name.split('/').pop(), import.meta.url);

document.documentElement.dataset.root = beside('.').pathname;

function explain(error) {
  console.error(error);
  const message = document.createElement('p');
  message.setAttribute('role', 'alert');
  message.textContent =
    'Unroll could not start. It needs a browser with WebAssembly SIMD (Chrome or Edge 91, Firefox 89, Safari 16.4 or newer). ' +
    `The browser said: ${error.message ?? error}`;
  document.body.append(message);
}

try {
  const app = await import(beside(js));
  const wasm = await app.default({ module_or_path: beside(binary) });
  dispatchEvent(new CustomEvent('TrunkApplicationStarted', { detail: { wasm } }));
} catch (error) {
  explain(error);
}

// Offline use is a convenience: where it is not to be had (a private window, a blocked store), the app works without it.
if (navigator.serviceWorker && window.isSecureContext) {
  navigator.serviceWorker.register(beside('sw.js')).catch((reason) => console.info(`No offline copy: ${reason}`));
}
