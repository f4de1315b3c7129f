/**
 * A search of the panel that starts while the user types: the list follows what is typed. Without this
 * script the search has its own button.
 */

/** Long enough for the next letter. */
const pauseMilliseconds = 250;

async function refresh(form) {
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form)).toString();
  const response = await fetch(address, { headers: { accept: 'text/html' } });
  // Signed out meanwhile: the button leads to the sign-in page.
  if (!response.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const found = page.querySelectorAll('.panel > .wide');
  const [first, ...others] = document.querySelectorAll('.panel > .wide');
  if (!first || found.length === 0 || form.dataset.wanted !== address.search) return;
  for (const list of others) list.remove();
  first.replaceWith(...found);
  history.replaceState(null, '', address);
}

for (const form of document.querySelectorAll('form.search')) {
  let pause;
  form.addEventListener('input', () => {
    clearTimeout(pause);
    form.dataset.wanted = `?${new URLSearchParams(new FormData(form)).toString()}`;
    pause = setTimeout(() => void refresh(form), pauseMilliseconds);
  });
}
