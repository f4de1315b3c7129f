/**
 * Comforts of the panel: buttons that copy a text, and a search that starts while the user types.
 * Without this script the buttons stay hidden, and the search has its own button.
 */

for (const button of document.querySelectorAll('[data-copy-text]')) {
  if (!navigator.clipboard) break;
  const label = button.textContent;
  button.setAttribute('aria-live', 'polite');
  const confirmCopy = () => {
    button.textContent = button.dataset.done;
    setTimeout(() => (button.textContent = label), 2500);
  };
  button.addEventListener('click', () => {
    const { textContent } = document.querySelector(button.dataset.copyText);
    void navigator.clipboard.writeText(textContent).then(confirmCopy);
  });
  button.hidden = false;
}

/* The list follows what is typed into the search. */

/** Long enough for the next letter. */
const pauseMilliseconds = 250;

async function refresh(form) {
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form)).toString();
  const response = await fetch(address, { headers: { accept: 'text/html' } });
  // Signed out meanwhile: the button leads to the sign-in page.
  if (!response.ok || response.redirected) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const list = page.querySelector('.panel > .wide');
  if (!list || form.dataset.wanted !== address.search) return;
  document.querySelector('.panel > .wide')?.replaceWith(list);
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
