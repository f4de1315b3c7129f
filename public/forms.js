/**
 * Comforts of forms: our own messages instead of the browser's, the email address typed on one page
 * kept for the next, codes that submit themselves, a pause before a mail is requested again, and one
 * tick that counts for every form of the page.
 * Without this script every form works the same, with the messages of the server.
 */

/* Messages for invalid fields, taken from the page */

const messageOf = ({ validity, dataset }) => {
  if (validity.valueMissing) return dataset.missing;
  if (validity.tooShort) return dataset.short;
  if (validity.customError) return dataset.large;
  return validity.typeMismatch ? dataset.malformed : undefined;
};

function showProblem(input, text) {
  const id = `${input.id}-problem`;
  let line = document.getElementById(id);
  if (!line) {
    line = Object.assign(document.createElement('p'), { id, className: 'problem' });
    line.setAttribute('role', 'alert');
    input.closest('.field').append(line);
  }
  line.textContent = text;
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', id);
}

document.addEventListener(
  'invalid',
  (event) => {
    const input = event.target;
    const text = messageOf(input);
    if (text === undefined || !input.closest('.field')) return;
    event.preventDefault();
    showProblem(input, text);
    if (input === input.form.querySelector('input:invalid')) input.focus();
  },
  true,
);

document.addEventListener('input', ({ target }) => {
  const line = document.getElementById(`${target.id}-problem`);
  if (!line || !target.validity.valid) return;
  line.remove();
  target.removeAttribute('aria-invalid');
  const hint = document.getElementById(`${target.id}-hint`);
  if (hint) target.setAttribute('aria-describedby', hint.id);
  else target.removeAttribute('aria-describedby');
});

/* The typed email address, for the next page of this tab only */

const kept = document.querySelector('input[data-kept]');
const place = 'ostiary-email';

function withStorage(work) {
  try {
    return work(sessionStorage);
  } catch {
    // The browser blocks storage: the address is typed again.
    return undefined;
  }
}

if (kept) {
  const keep = () => withStorage((storage) => storage.setItem(place, kept.value));
  const known = withStorage((storage) => storage.getItem(place));
  withStorage((storage) => storage.removeItem(place));
  if (known && kept.value === '') {
    kept.value = known;
    const password = kept.form.querySelector('input[type=password]');
    if (password && document.activeElement === kept) password.focus();
  }
  for (const link of document.querySelectorAll('.card a')) link.addEventListener('click', keep);
  if (kept.readOnly) kept.form.addEventListener('submit', keep);
}

/* What was typed, kept while the language of the page changes; never a password */

const typedPlace = 'ostiary-typed';
const typedInputs = () =>
  document.querySelectorAll('main input:is([type=text], [type=email], [type=tel], [type=url])');

for (const form of document.querySelectorAll('.languages form'))
  form.addEventListener('submit', () => {
    const changed = [...typedInputs()].filter((input) => input.value !== input.defaultValue);
    const text = JSON.stringify(Object.fromEntries(changed.map((it) => [it.name, it.value])));
    withStorage((storage) => storage.setItem(typedPlace, text));
  });

const typed = JSON.parse(withStorage((storage) => storage.getItem(typedPlace)) ?? '{}');
withStorage((storage) => storage.removeItem(typedPlace));
for (const input of typedInputs()) input.value = typed[input.name] ?? input.value;

/* A file that the server would refuse is not sent */

document.addEventListener('change', ({ target }) => {
  if (!target.dataset.maxBytes) return;
  const isLarge = (target.files[0]?.size ?? 0) > Number(target.dataset.maxBytes);
  target.setCustomValidity(isLarge ? target.dataset.large : '');
  if (isLarge) showProblem(target, target.dataset.large);
  else document.getElementById(`${target.id}-problem`)?.remove();
});

/* A code submits itself when its last digit is typed, and each form is sent once */

/** Long enough to see the last digit, and to press the button oneself. */
const pauseMilliseconds = 500;

/** Marks the box of the next character; a hyphen has none. */
function markNext(input) {
  const boxes = [...input.parentElement.querySelectorAll('i')];
  const { length } = input.value;
  const isHyphen = boxes[length] && 'hyphen' in boxes[length].dataset;
  const next = Math.min(isHyphen ? length + 1 : length, boxes.length - 1);
  for (const [at, box] of boxes.entries()) {
    box.toggleAttribute('data-next', at === next);
    if ('hyphen' in box.dataset) box.toggleAttribute('data-typed', at < length);
  }
}

for (const input of document.querySelectorAll('input[data-digits]')) {
  let isSent = false;
  let pause;
  markNext(input);
  input.addEventListener('input', () => {
    markNext(input);
    clearTimeout(pause);
    const digits = input.value.normalize('NFKC').replaceAll(/[^\p{Nd}]/gu, '');
    // The tick of trust is set after the code, and a recovery code has letters.
    if (input.form.elements.trust || /\p{L}/u.test(input.value)) return;
    if (digits.length !== Number(input.dataset.digits)) return;
    pause = setTimeout(() => isSent || input.form.requestSubmit(), pauseMilliseconds);
  });
  input.form.addEventListener('submit', (event) => {
    if (isSent) event.preventDefault();
    isSent = true;
  });
  addEventListener('pageshow', () => {
    isSent = false;
  });
}

/* A code in two groups: the hyphen sets itself, and may also be typed */

for (const input of document.querySelectorAll('input[data-group]')) {
  const size = Number(input.dataset.group);
  markNext(input);
  input.addEventListener('input', ({ isComposing }) => {
    const isAtEnd = input.selectionEnd === input.value.length;
    const letters = input.value.normalize('NFKC').replaceAll(/[^\p{L}\p{N}]/gu, '');
    const hasBoth = letters.length > size;
    const text = hasBoth ? `${letters.slice(0, size)}-${letters.slice(size)}` : letters;
    // Within the code, the cursor would jump to the end; an input method still changes its text.
    if (isAtEnd && !isComposing && text !== input.value) input.value = text;
    markNext(input);
  });
}

/* The pause before a mail is requested again */

for (const button of document.querySelectorAll('button[data-resend]')) {
  const words = button.textContent;
  let left = 30;
  const show = () => {
    button.disabled = left > 0;
    button.textContent = left > 0 ? `${words} (0:${String(left).padStart(2, '0')})` : words;
    left -= 1;
    if (left >= 0) setTimeout(show, 1000);
  };
  show();
}

/* The tick of one form, copied to the other forms of the page */

function copyTick(tick) {
  const copy = () => {
    for (const input of document.querySelectorAll(`input[data-${tick.name}]`)) {
      input.name = tick.checked ? tick.name : '';
    }
  };
  tick.addEventListener('change', copy);
  // The browser restores the tick when the user navigates back.
  addEventListener('pageshow', copy);
  copy();
}

for (const tick of document.querySelectorAll('#stay, #trust')) copyTick(tick);
