// A worker of the app: it loads the module that serves the jobs of every lab, which says its version. The page sends nothing before, and
// waits for each word only some seconds; what goes wrong is reported, so that it hears of it at once. scripts/finish-dist.mjs
// fills in the names of this build's module, so that a worker's script never meets the module of another version.
const JS = 'unbuilt.js';
const WASM = 'unbuilt.wasm';

try {
  self.postMessage('loading');
  const app = await import(new URL(JS, import.meta.url));
  self.postMessage('compiling');
  await app.default({ module_or_path: new URL(WASM, import.meta.url) });
} catch (error) {
  self.reportError(error);
}
