/**
 * Buttons that copy, download or print text of the page. Without this script they stay hidden.
 */

/**
 * A program as it is, the items of a list, one a line; the spaces that group the characters of a key are
 * left out.
 */
const textOf = (selector) => {
  const source = document.querySelector(selector);
  if (source.matches('pre')) return source.textContent;
  const items = [...source.querySelectorAll('li')].map((item) => item.textContent.trim());
  return items.length > 0 ? `${items.join('\n')}\n` : source.textContent.replaceAll(/\s/g, '');
};

for (const button of document.querySelectorAll('[data-copy]')) {
  if (!navigator.clipboard) break;
  // The words beside an icon, or the whole button.
  const words = button.querySelector('span') ?? button;
  const label = words.textContent;
  button.setAttribute('aria-live', 'polite');
  const confirmCopy = () => {
    words.textContent = button.dataset.done;
    setTimeout(() => (words.textContent = label), 2500);
  };
  button.addEventListener('click', () => {
    void navigator.clipboard.writeText(textOf(button.dataset.copy)).then(confirmCopy);
  });
  button.hidden = false;
}

for (const button of document.querySelectorAll('[data-download]')) {
  button.addEventListener('click', () => {
    const file = new Blob([textOf(button.dataset.download)], { type: 'text/plain' });
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file);
    link.download = button.dataset.name;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  button.hidden = false;
}

for (const button of document.querySelectorAll('[data-print]')) {
  button.addEventListener('click', () => print());
  button.hidden = false;
}
