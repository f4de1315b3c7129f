/**
 * The preview of the brand follows what is typed into the form, and the swatch beside a color opens
 * the browser's color picker. Without this script the form has a button for the preview, and colors
 * are typed.
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
  if (faults) form.closest('section').before(faults);
  for (const swatch of page.querySelectorAll('.swatch')) {
    const picker = document.getElementById(swatch.id);
    // The color of a picker that is open is newer.
    if (picker !== document.activeElement) picker.value = colorOf(swatch);
  }
  document.querySelector('#sketches')?.replaceWith(sketches);
}

function colorOf(swatch) {
  return swatch.querySelector('rect').getAttribute('fill');
}

/** Puts a picker in place of a swatch; it has no name, so only the field is sent. */
function addPicker(swatch) {
  const field = document.getElementById(swatch.dataset.field);
  const picker = document.createElement('input');
  picker.type = 'color';
  picker.id = swatch.id;
  picker.className = 'swatch';
  picker.value = colorOf(swatch);
  picker.setAttribute('aria-label', `${swatch.dataset.label} (color picker)`);
  picker.addEventListener('input', () => {
    field.value = picker.value;
  });
  swatch.replaceWith(picker);
}

const form = document.querySelector('#preview')?.closest('form');
if (form) {
  for (const swatch of form.querySelectorAll('svg.swatch')) addPicker(swatch);
  let pause;
  form.addEventListener('input', () => {
    clearTimeout(pause);
    pause = setTimeout(() => void refresh(form), pauseMilliseconds);
  });
}
