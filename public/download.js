/**
 * A download leaves the page as it is. This script shows the page anew once the server has handed
 * out the file, which it does only once. Without it, reloading the page shows the same.
 */
const everyMilliseconds = 1000;
const turns = 60;
const button = document.getElementById('download');

async function isTaken(url) {
  const answer = await fetch(url, { headers: { Accept: 'text/html' } });
  return answer.ok && (await answer.text()).includes('id="fetched"');
}

button?.form.addEventListener('submit', async () => {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise((done) => setTimeout(done, everyMilliseconds));
    if (await isTaken(button.dataset.page)) return location.replace(button.dataset.page);
  }
});
