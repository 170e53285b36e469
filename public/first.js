// Runs before anything is shown: the theme, and whether the address asks for a state of its own, which the picture in the page is not of.
{
  const kept = (() => {
    try {
      return localStorage.getItem('unroll.theme');
    } catch {
      return null;
    }
  })();
  const dark = kept ? kept === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  Object.assign(document.documentElement.dataset, { theme: dark ? 'dark' : 'light' }, location.search || location.hash ? {} : { plain: '' });
}
