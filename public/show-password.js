/**
 * The button that shows a password while it is typed, the hint that Caps Lock is on, and the meter
 * of a new password. Without this script they stay hidden and the field works unchanged.
 */
for (const button of document.querySelectorAll('.reveal > button')) {
  const input = document.getElementById(button.getAttribute('aria-controls'));

  const show = (visible) => {
    if (visible === (input.type === 'text')) return;
    input.type = visible ? 'text' : 'password';
    const { label, text } = button.dataset;
    Object.assign(button.dataset, {
      label: button.getAttribute('aria-label'),
      text: button.textContent,
    });
    button.setAttribute('aria-label', label);
    button.textContent = text;
  };

  button.addEventListener('click', () => show(input.type === 'password'));
  // Browsers offer to save only a field of type password, and store other text in the form history.
  input.form.addEventListener('submit', () => show(false));
  button.hidden = false;
}

const password = document.getElementById('password');
const capsLock = document.querySelector('[data-caps-lock]');
for (const kind of ['keydown', 'keyup']) {
  password?.addEventListener(kind, (event) => {
    capsLock.hidden = !event.getModifierState?.('CapsLock');
  });
}
password?.addEventListener('blur', () => {
  capsLock.hidden = true;
});

/** 0: too short, 1: easy to guess, 2: good, 3: strong. The server decides, by its own list. */
function strengthOf(text, minimum) {
  if (text.length < minimum) return 0;
  const different = new Set(text.toLowerCase()).size;
  if (different < 6) return 1;
  const words = text.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 2).length;
  return different >= 10 && (text.length >= minimum + 5 || words >= 4) ? 3 : 2;
}

for (const meter of document.querySelectorAll('.strength')) {
  const { minimum, easy, fair, strong } = meter.dataset;
  const line = meter.querySelector('p');
  password.addEventListener('input', () => {
    const level = strengthOf(password.value, Number(minimum));
    meter.hidden = password.value === '';
    meter.dataset.level = level;
    line.textContent = [`${password.value.length} / ${minimum}`, easy, fair, strong][level];
  });
}
