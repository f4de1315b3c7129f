/**
 * The button that shows a password while it is typed. Without this script the button stays hidden
 * and the field works unchanged.
 */
for (const button of document.querySelectorAll('button[aria-controls="password"]')) {
  const input = document.getElementById('password');

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
