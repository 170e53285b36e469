// A worker of the app: it loads the same module as the page does, which sees that it is in a worker and serves jobs there.
// Messages that come while it loads are kept and handed over.
const { searchParams } = new URL(import.meta.url);
const beside = (name) => new URL(searchParams.get(name).split('/').pop(), import.meta.url);

const early = [];
self.onmessage = (event) => early.push(event.data);

const app = await import(beside('js'));
await app.default({ module_or_path: beside('wasm') });
for (const data of early) self.onmessage(new MessageEvent('message', { data }));
