// The offline copy and new versions: registers the service worker, tells it which version this page is, and offers a reload
// once a newer one is completely here. public/sw.js is the other side.
const shown = document.documentElement.dataset.version;
/** A page that stays open looks for a new version when it is looked at again, at most this often, in milliseconds. */
const PERIOD = 15 * 60 * 1000;

function offer() {
  // A page inside another is looked at, not worked in; it gets the new version when it is loaded again.
  if (document.querySelector('.update') || window.top !== window) return;
  const bar = document.createElement('div');
  bar.className = 'update';
  bar.setAttribute('role', 'status');
  document.body.append(bar);
  const button = (text, act) => {
    const element = Object.assign(document.createElement('button'), { type: 'button', className: 'button', textContent: text });
    element.addEventListener('click', act);
    return element;
  };
  const text = Object.assign(document.createElement('p'), { textContent: 'A new version of Unroll is ready.' });
  // The address holds the settings, and what it does not hold is kept in storage when the page is left.
  bar.append(text, button('Reload', () => location.reload()), button('Later', () => bar.remove()));
}

/** Registers the service worker and follows what it says. */
export async function follow(script) {
  const { serviceWorker } = navigator;
  const introduce = () => serviceWorker.controller?.postMessage({ shows: shown });
  serviceWorker.addEventListener('message', ({ data, ports }) => {
    if (data?.asked === 'version') ports[0].postMessage(shown);
    if (data?.ready && data.ready !== shown) offer();
  });
  serviceWorker.startMessages();
  serviceWorker.addEventListener('controllerchange', introduce);
  introduce();
  const registration = await serviceWorker.register(script);
  let looked = Date.now();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'visible' || Date.now() - looked < PERIOD) return;
    looked = Date.now();
    // Without a network there is nothing new.
    registration.update().catch(() => undefined);
  });
}
