// Runs before the first paint: the theme a person chose, or else the system's.
(() => {
  let chosen = 'auto';
  try {
    chosen = JSON.parse(localStorage.getItem('headstart.settings') || '{}').theme || 'auto';
  } catch {
    // Storage is closed to us, or holds something else: the system's theme it is.
  }
  const dark = chosen === 'dark' || (chosen === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
