/**
 * The preview of the brand follows what is typed into the form. Without this script the form has a
 * button for it.
 */

/** Long enough for the next character of a color. */
const pauseMilliseconds = 400;

async function refresh(form) {
  const wanted = new URLSearchParams(new FormData(form));
  wanted.set('preview', 'on');
  form.dataset.wanted = wanted.toString();
  const response = await fetch(form.action, {
    method: 'POST',
    body: wanted,
    headers: { accept: 'text/html' },
  });
  // Half of a color, or signed out meanwhile: the last preview stays.
  if (!response.ok || response.redirected || form.dataset.wanted !== wanted.toString()) return;
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const sketches = page.querySelector('#sketches');
  if (!sketches) return;
  document.querySelector('#contrast')?.remove();
  const faults = page.querySelector('#contrast');
  for (const swatch of page.querySelectorAll('.swatch')) {
    document.querySelector(`#${swatch.id}`)?.replaceWith(swatch);
  }
  document.querySelector('#sketches')?.replaceWith(...(faults ? [faults, sketches] : [sketches]));
}

const form = document.querySelector('#preview')?.closest('form');
if (form) {
  let pause;
  form.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(() => void refresh(form), pauseMilliseconds);
  });
}
