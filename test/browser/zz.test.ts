import { it } from 'node:test';
import { describeInBrowser } from './stage/chromium.ts';
import { inspect } from './stage/inspect.ts';
describeInBrowser('sanity', {}, ({ app, visit }) => {
  it('x', async (t) => {
    const { page } = await visit(t);
    await page.goto(app().issuer + '/auth/register');
    let at = Date.now();
    console.log(await inspect(page, 'clean'), Date.now() - at);
    await page.evaluate(
      'document.querySelector("h1").style.color="#999"; document.querySelector("main").append(Object.assign(document.createElement("div"), {innerHTML: "<input><p style=width:400px>x"}))',
    );
    console.log(await inspect(page, 'dirty'));
    await page.evaluate('fetch("https://example.org/").catch(()=>0)');
    await page.evaluate(
      '{const s=document.createElement("script"); s.text="alert(1)"; document.body.append(s)}',
    );
    await page.evaluate('setTimeout(() => { throw new Error("boom") })');
    await page.evaluate('new Promise(r => setTimeout(r, 50))');
  });
});
