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
