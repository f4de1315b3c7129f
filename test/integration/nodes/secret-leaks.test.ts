// Secrets that pass through the server appear neither in its log, even at the most verbose level,
// nor in a dump of its database.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { offline } from '#test/support/data/outcomes.ts';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

const settings = { LOG_LEVEL: 'trace' };

/** Returns every row of every table as text, with binary columns in hexadecimal. */
async function dump({ services }: Nodes): Promise<string> {
  const { knex } = services.db;
  const tables: { tablename: string }[] = await knex('pg_tables').where({ schemaname: 'public' });
  const rows = await Promise.all(tables.map(({ tablename }) => knex(tablename).select()));
  return JSON.stringify(rows, (_, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
}

function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [secret, encodeURIComponent(secret), bytes.toString('base64'), bytes.toString('hex')];
}

describeNodes('secrets in logs and database', { count: 1, settings }, (nodes) => {
  it('appear in no log line and in no column', async () => {
    const {
      nodes: [node],
    } = nodes();
    const app = await nodes().createClient({ auth: 'client_secret_basic' });
    const { issuer } = nodes();
    const rp = await createRelyingParty({ issuer, send: nodes().at(0).send, app });
    const person = await nodes().createUser();
    const login = await rp.login(person, offline);
    const next = await rp.refresh(login.refreshToken);
    await rp.introspect(next.accessToken);
    await rp.tryRefresh(`${next.refreshToken}x`);
    await rp.revoke(login.accessToken);
    const typed = 'a wrong password that must not be logged';
    const form = await nodes().browser().open('/auth/sign-in');
    await form.press('sign-in', { login: person.email, password: typed });
    const codes = await login.browser.open('/auth/account/codes');
    const shown = await codes.press('set-up', { password: person.password });
    const [, key = ''] = /<code[^>]*>([A-Z2-7 ]+)<\/code>/.exec(shown.html) ?? [];
    const secrets = {
      password: person.password,
      typed,
      clientSecret: app.clientSecret,
      code: login.callback.code,
      accessToken: next.accessToken,
      refreshToken: next.refreshToken,
      idToken: login.idToken,
      totp: key.replaceAll(' ', ''),
      cookies: login.browser.cookies
        .header(new URL(nodes().issuer))
        .replace(/^[^=]+=([^;.]+).*$/, '$1'),
    };

    const [log, database] = [node?.log() ?? '', await dump(nodes())];

    assert.ok(
      log.includes('"level":"debug"') || log.includes('"level":"info"'),
      'the log is empty',
    );
    assert.ok(database.includes(person.id));
    for (const [name, secret] of Object.entries(secrets)) {
      assert.ok(secret.length >= 10, name);
      for (const spelling of spellings(secret)) {
        assert.equal(log.includes(spelling), false, `${name} is in the log`);
        assert.equal(database.includes(spelling), false, `${name} is in the database`);
      }
    }
  });

  it('escapes and truncates client input so that each log entry stays on one line', async () => {
    const {
      nodes: [node],
    } = nodes();
    const before = node?.log().length ?? 0;
    const name = `\r\n{"level":"fatal"}\u001b[31m${'x'.repeat(40_000)}`;

    const form = await nodes().browser().open('/auth/sign-in');
    const page = await form.press('sign-in', { login: name, password: name });

    assert.ok(page.status < 500, String(page.status));
    while ((node?.log().length ?? 0) === before) await new Promise(setImmediate);
    const lines = (node?.log() ?? '').slice(before).trimEnd().split('\n');
    for (const line of lines) {
      assert.ok(line.length < 8000, String(line.length));
      assert.notEqual(Object(JSON.parse(line)).level, 'fatal');
      assert.equal(line.includes('\u001b'), false);
    }
  });
});
