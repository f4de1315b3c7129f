import { it } from 'node:test';
import { startTestApp } from '#test/app.ts';
it('x', async (t) => {
  const app = await startTestApp(t);
  const person = await app.aPerson();
  const rp = await app.relyingParty();
  const { browser } = await rp.login(person);
  console.log(browser.cookies.all());
  await rp.login(person, { browser, prompt: 'login' });
  console.log(browser.cookies.all());
  console.log(await app.installation.db.knex('user_devices'), await app.installation.db.knex('sessions').select('uid','device_id'));
});
