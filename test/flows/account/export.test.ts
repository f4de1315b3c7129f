// A copy of one's data: asked for, made in the background, fetched once, and proved to be ours.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/app.ts';
import { createDirectory } from '#test/stage/databases.ts';
import { holdClock } from '#test/stage/clock.ts';
import { linkIn, mailsTo } from '#test/stage/mailbox.ts';
import { offline } from '#test/roles/outcomes.ts';
import type { Browser } from '#test/roles/cookie-browser.ts';

const path = '/auth/account/export';
const daySeconds = 24 * 60 * 60;

async function signedIn(app: TestApp) {
  const rp = await app.relyingParty();
  const person = await app.aPerson();
  const { browser } = await rp.login(person, offline);
  return { person, browser };
}

/** Somebody whose copy is ready. */
async function withCopy(app: TestApp) {
  const { person, browser } = await signedIn(app);
  const page = await browser.open(path);
  const asked = await page.press('request', { password: person.password });
  assert.ok(asked.has('making'), asked.text);
  await app.installation.services.exportMaking.makeDue();
  return { person, browser, page: await browser.open(path) };
}

async function auditOf(app: TestApp, userId: string, event: string): Promise<number> {
  const rows: unknown[] = await app.installation.db.knex('audit_events').where({
    user_id: userId,
    event,
  });
  return rows.length;
}

async function exportIdOf(app: TestApp, userId: string): Promise<string> {
  const [row] = await app.installation.db.knex('account_exports').where({ user_id: userId });
  return String(row.id);
}

async function chunksLeft(app: TestApp, id: string): Promise<number> {
  const { knex } = app.installation.db;
  const rows: unknown[] = await knex('account_export_chunks').where({ export_id: id });
  return rows.length;
}

interface Copy {
  readonly data: {
    readonly about_this_file: { readonly issuer: string; readonly subject: string };
    readonly account: { readonly claims: Readonly<Record<string, unknown>> };
    readonly activity: readonly { readonly event: string; readonly address?: string }[];
    readonly apps: readonly { readonly app: string }[];
    readonly sessions: readonly unknown[];
    readonly supplements: readonly unknown[];
    readonly [part: string]: unknown;
  };
  readonly signature: string;
}

function parseCopy(text: string): Copy {
  return JSON.parse(text) as Copy; // written by the app under test
}

async function download(browser: Browser): Promise<string> {
  return (await (await browser.open(path)).press('download')).html;
}

describeOnEachArrangement('a copy of one’s data', (app) => {
  it('is made in the background, announced by mail, and downloaded once', async () => {
    const { person, browser, page } = await withCopy(app());
    assert.match(page.text, /will be deleted in (6|7) days/);
    const [mail] = await mailsTo(app(), person.email);
    assert.match(mail?.subject ?? '', /copy of your Ostiary data is ready/);
    assert.ok(mail);
    assert.equal(linkIn(mail), `${app().issuer}${path}`);

    const id = await exportIdOf(app(), person.id);
    assert.equal(await chunksLeft(app(), id), 1);

    const file = await page.press('download');

    assert.equal(file.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.match(
      file.headers.get('content-disposition') ?? '',
      /^attachment; filename="ostiary-export-\d{4}-\d\d-\d\d\.json"$/,
    );
    assert.equal(file.headers.get('cache-control'), 'no-store');
    const { data } = parseCopy(file.html);
    assert.equal(data.about_this_file.subject, person.id);
    assert.equal(data.account.claims['email'], person.email);
    assert.ok(data.activity.some(({ event }) => event === 'sign_in.succeeded'));
    assert.ok(data.activity.some(({ address }) => address === '127.0.0.1'));
    assert.equal(data.apps.length, 1);
    assert.equal(data.sessions.length, 1);
    assert.equal(await chunksLeft(app(), id), 0);
    assert.ok((await browser.open(path)).has('fetched'));
    const late = await page.press('download');
    assert.equal(late.status, 409);
    assert.equal(await auditOf(app(), person.id, 'export.requested'), 1);
    assert.equal(await auditOf(app(), person.id, 'export.fetched'), 1);
  });

  it('goes to one of many who fetch it at once', async () => {
    const { person, page } = await withCopy(app());

    const ends = await Promise.all(Array.from({ length: 8 }, () => page.press('download')));

    assert.equal(ends.filter(({ status }) => status === 200).length, 1);
    assert.equal(ends.filter(({ status }) => status === 409).length, 7);
    assert.equal(await auditOf(app(), person.id, 'export.fetched'), 1);
  });

  it('holds no secret, and lies sealed in the tables', async () => {
    const { person, browser } = await withCopy(app());
    const { knex } = app().installation.db;
    const kept = JSON.stringify(await knex('account_export_chunks').select());
    assert.equal(kept.includes(person.email), false);
    const { rows } = await knex.raw(`select hash from password_credentials where user_id = ?`, [
      person.id,
    ]);

    const text = await download(browser);

    assert.equal(text.includes(rows[0].hash), false);
    assert.equal(/"(?:salt|sealed|public_key|current_hash|id_hash)"/.test(text), false);
  });
});

describeApp('asking for a copy of one’s data', {}, (app) => {
  it('needs the password', async () => {
    const { browser, person } = await signedIn(app());

    const refused = await (await browser.open(path)).press('request', { password: 'not mine' });

    assert.equal(refused.status, 422);
    assert.match(refused.text, /not right|wrong/i);
    assert.equal(await auditOf(app(), person.id, 'export.requested'), 0);
  });

  it('needs it again once the proof is old', async (t) => {
    const clock = holdClock(t);
    const { page, person } = await withCopy(app());
    clock.advance(6 * 60);
    await app().installation.shortLived.remove('FreshProof', await sessionOf(app(), person.id));

    const refused = await page.press('download');
    assert.equal(refused.status, 422);

    const file = await refused.press('download', { password: person.password });
    assert.equal(parseCopy(file.html).data.about_this_file.subject, person.id);
  });

  it('asks whoever is not signed in to do so', async () => {
    assert.ok((await app().browser().open(path)).has('sign-in'));
  });

  it('makes one at a time, and the next a few minutes later', async (t) => {
    const clock = holdClock(t);
    const { person, browser, page } = await withCopy(app());
    const { exports, exportMaking } = app().installation.services;
    const user = await app().installation.stores.users.findById(person.id);
    assert.ok(user);
    assert.equal(await exports.request(user), false);
    await page.press('download');
    assert.match((await browser.open(path)).text, /another copy in a few minutes/);
    assert.equal(await exports.request(user), false);
    clock.advance(16 * 60);

    const asked = await Promise.all([exports.request(user), exports.request(user)]);

    assert.deepEqual(asked.toSorted(), [false, true]);
    assert.equal(await exportMaking.makeDue(), 1);
    assert.equal(await auditOf(app(), person.id, 'export.requested'), 2);
  });

  it('holds a long history whole, page by page', async () => {
    const { person, browser } = await signedIn(app());
    await app().installation.db.knex.raw(
      `insert into audit_events (id, at, event, actor_kind, user_id)
       select gen_random_uuid(), now() - interval '1 day' * (n / 700), 'profile.changed', 'system', ?
         from generate_series(1, 2100) as n`,
      [person.id],
    );
    await (await browser.open(path)).press('request', { password: person.password });
    await app().installation.services.exportMaking.makeDue();

    const { data } = parseCopy(await download(browser));

    const entries = data.activity.filter(({ event }) => event === 'profile.changed');
    assert.equal(entries.length, 2100);
  });

  it('is over after a week, and then gone', async (t) => {
    const clock = holdClock(t);
    const { person, page } = await withCopy(app());
    const user = await app().installation.stores.users.findById(person.id);
    assert.ok(user);
    const id = await exportIdOf(app(), person.id);
    clock.advance(7 * daySeconds + 120);

    assert.equal(await app().installation.services.exports.fetch(user), undefined);

    await app().installation.services.purge.run();
    assert.equal(await chunksLeft(app(), id), 0);
    assert.ok(page.has('ready'));
  });

  it('leaves nothing behind when the account is deleted', async () => {
    const { person } = await withCopy(app());
    const user = await app().installation.stores.users.findById(person.id);
    assert.ok(user);

    const id = await exportIdOf(app(), person.id);
    await app().installation.services.deletion.deleteNow(user, { kind: 'operator' });

    const { knex } = app().installation.db;
    assert.deepEqual(await knex('account_exports').where({ user_id: person.id }), []);
    assert.equal(await chunksLeft(app(), id), 0);
  });
});

describeApp('the signature of a copy', {}, (app) => {
  it('is checked as docs/accounts.md says', async (t) => {
    const { browser, person } = await withCopy(app());
    const text = await download(browser);
    const page = await readFile(new URL('../../../docs/accounts.md', import.meta.url), 'utf8');
    const [, recipe = ''] = /```js\n(import \{ createRemoteJWKSet[^]*?)```/.exec(page) ?? [];
    const directory = await createDirectory(t);
    const script = recipe.replace('https://id.example.com', app().issuer);
    const run = async (content: string) => {
      const file = join(directory, 'copy.json');
      await writeFile(file, content);
      // From where the packages are found.
      const cwd = new URL('../../../', import.meta.url);
      return promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, file], {
        cwd,
      });
    };

    assert.match((await run(text)).stdout, /is genuine/);
    await assert.rejects(run(text.replace(person.email, 'somebody@example.org')));
  });

  it('can be taken for no token', async () => {
    const { browser } = await withCopy(app());
    const { signature } = parseCopy(await download(browser));

    const [header = '', payload] = signature.split('.');

    assert.equal(payload, '');
    const { alg, typ } = JSON.parse(Buffer.from(header, 'base64url').toString());
    assert.deepEqual({ alg, typ }, { alg: 'ES256', typ: 'personal-data+jws' });
  });
});

async function sessionOf(app: TestApp, userId: string): Promise<string> {
  const [row] = await app.installation.db.knex('sessions').where({ user_id: userId });
  return String(row.uid);
}
