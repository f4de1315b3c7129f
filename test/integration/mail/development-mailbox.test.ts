import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  describeApp,
  describeOnEachArrangement,
  startTestApp,
  type TestApp,
} from '#test/support/app.ts';
import { startMailServer } from '#test/support/services/mail-server.ts';

async function blockNewUser(app: TestApp, facts: object = {}) {
  const person = await app.createUser(facts);
  await app.block(person.id);
  await app.services.outboxWorker.deliverDue();
  return person;
}

describeOnEachArrangement('the development mailbox', (app) => {
  it('lists the newest message first and shows its text and HTML', async () => {
    const older = await blockNewUser(app());
    const newer = await blockNewUser(app());
    const browser = app().browser();

    const list = await browser.open('/auth/dev/mail');
    const [href = ''] = /\/auth\/dev\/mail\/\d+/.exec(list.html) ?? [];
    const mail = await browser.open(href);
    const html = await app().send(`${app().issuer}${href}/html`);

    assert.ok(list.html.indexOf(newer.email) < list.html.indexOf(older.email));
    assert.ok(mail.text.includes(newer.email));
    assert.match(mail.text, /blocked your account/);
    assert.match(await html.text(), /<p class="text"[^>]*>An administrator/);
    const policy = html.headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none';.*; form-action 'none'; frame-ancestors 'self'$/);
    assert.doesNotMatch(policy, /script-src|https?:/);
  });

  it('shows the HTML of a message in a frame without script, with its pictures', async () => {
    const { email } = await blockNewUser(app());
    const list = await app().browser().open('/auth/dev/mail');
    const [href = ''] = /\/auth\/dev\/mail\/\d+/.exec(list.html) ?? [];

    const page = await app().send(`${app().issuer}${href}`);
    const html = await (await app().send(`${app().issuer}${href}/html`)).text();

    const text = await page.text();
    assert.ok(text.includes(email));
    assert.match(text, /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/);
    assert.match(page.headers.get('content-security-policy') ?? '', /frame-src 'self'/);
    assert.match(html, /<img src="data:image\/png;base64,iVBOR/);
    assert.doesNotMatch(html, /"cid:/);
    assert.match(html, /<base target="_blank">/);
  });

  it('loads its list again by itself', async () => {
    const list = await app().send(`${app().issuer}/auth/dev/mail`);

    assert.equal(list.headers.get('refresh'), '5');
  });

  it('answers 404 for an unknown or malformed message number', async () => {
    for (const number of ['0', '999999', 'x', 'newest', '1e3']) {
      const page = await app().browser().open(`/auth/dev/mail/${number}`);
      assert.equal(page.status, 404, number);
    }
  });
});

describeApp('a message in the development mailbox', {}, (app) => {
  it('contains a working link to report an unrecognized sign-in', async () => {
    const { email, password } = await app().createUser();
    const browser = app().browser();
    for (const visitor of [app().browser(), app().browser()]) {
      const page = await visitor.open('/auth/sign-in');
      await page.press('sign-in', { login: email, password });
    }
    await app().services.outboxWorker.deliverDue();

    const list = await browser.open('/auth/dev/mail');
    const [mail = ''] = /\/auth\/dev\/mail\/\d+/.exec(list.html) ?? [];
    const { html } = await browser.open(mail);
    const [, link = ''] = /href="([^"]*\/auth\/not-me\/[^"]*)"/.exec(html) ?? [];

    assert.ok((await browser.open(link)).has('continue'));
  });
});

for (const [where, settings] of [
  ['whose issuer is not a loopback address', { ISSUER: 'https://id.example' }],
  ['that listens on an address other than loopback', { HOST: '0.0.0.0' }],
] as const) {
  describeApp(`a development server ${where}`, { settings }, (app) => {
    it('serves neither captured mail nor the playground', async () => {
      const browser = app().browser();
      await blockNewUser(app());

      for (const path of ['/auth/dev/mail', '/auth/dev/mail/1', '/auth/playground']) {
        assert.equal((await browser.open(path)).status, 404, path);
      }
      assert.doesNotMatch((await browser.open('/')).html, /playground/);
    });

    it('keeps mail in the outbox until a mail server is configured', async () => {
      const person = await blockNewUser(app());

      const [row] = await app().services.db.knex('outbox').where({ user_id: person.id });
      assert.deepEqual([row.sent_at, row.dead_at], [null, null]);
    });
  });
}

it('mail goes to the configured server, and the development mailbox is disabled', async (t) => {
  const server = await startMailServer(t);
  const settings = {
    SMTP_URL: server.url,
    MAIL_FROM: 'doorkeeper@id.example',
    PRODUCT_NAME: 'Tür',
  };
  const app = await startTestApp(t, { settings });

  const { email } = await blockNewUser(app, { claims: { locale: 'de' } });

  const [mail] = server.mails;
  assert.deepEqual(mail?.recipients, [email]);
  assert.equal(mail.from?.text, '"Tür" <doorkeeper@id.example>');
  assert.match(mail.subject ?? '', /Tür ist gesperrt/);
  const [logo, ...others] = mail.attachments;
  assert.deepEqual(
    [logo?.contentType, logo?.contentDisposition, logo?.cid],
    ['image/png', 'inline', 'logo'],
  );
  assert.equal(logo?.filename, undefined);
  assert.deepEqual(others, []);
  assert.equal((await app.browser().open('/auth/dev/mail')).status, 404);
});

it('mail stays in the outbox without delaying requests if the server is unreachable', async (t) => {
  const app = await startTestApp(t, { settings: { SMTP_URL: 'smtp://127.0.0.1:1' } });
  const person = await app.createUser();

  const started = performance.now();
  await app.block(person.id);
  const milliseconds = performance.now() - started;
  await app.services.outboxWorker.deliverDue();

  const [row] = await app.services.db.knex('outbox').where({ user_id: person.id });
  assert.ok(milliseconds < 1000);
  assert.deepEqual([row.sent_at, row.dead_at, row.attempts], [null, null, 1]);
});

it('the user is notified of refresh token reuse with the name of the client', async (t) => {
  const app = await startTestApp(t, { settings: { REFRESH_LEEWAY_SECONDS: '0' } });
  const rp = await app.relyingParty({ client_name: 'Acme Notes' });
  const person = await app.createUser();
  const { refreshToken } = await rp.login(person);
  await rp.refresh(refreshToken);

  await rp.tryRefresh(refreshToken);
  await app.services.outboxWorker.deliverDue();

  const [mail] = (await app.services.mailbox?.list()) ?? [];
  assert.equal(mail?.to, person.email);
  assert.match(mail.subject, /signed you out of Acme Notes/);
});
