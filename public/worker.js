// A worker of the app: it loads the same module as the page does, which sees that it is in a worker, says its version and serves jobs there.
// The page waits for each of these words for some seconds only. What goes wrong is reported, so that the page hears of it at once.
const { searchParams } = new URL(import.meta.url);
const beside = (name) => new URL(searchParams.get(name).split('/').pop(), import.meta.url);

try {
  self.postMessage('loading');
  const app = await import(beside('js'));
  self.postMessage('compiling');
  await app.default({ module_or_path: beside('wasm') });
} catch (error) {
  self.reportError(error);
}
