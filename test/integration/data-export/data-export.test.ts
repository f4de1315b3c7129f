// Data export: requested by the user, generated in the background, downloaded once.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { linkIn, mailsTo } from '#test/support/steps/mailbox.ts';
import {
  auditOf,
  chunksLeft,
  download,
  exportIdOf,
  parseCopy,
  path,
  signedIn,
  withCopy,
} from '#test/support/steps/data-export.ts';

const daySeconds = 24 * 60 * 60;

describeOnEachArrangement('a data export', (app) => {
  it('is generated in the background, announced by email and served once', async () => {
    const { person, browser, page } = await withCopy(app());
    assert.match(page.text, /You can download it once, until \w+ \d+, \d{4}\./);
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

  it('is served to exactly one of many concurrent downloads', async () => {
    const { person, page } = await withCopy(app());

    const responses = await Promise.all(Array.from({ length: 8 }, () => page.press('download')));

    assert.equal(responses.filter(({ status }) => status === 200).length, 1);
    assert.equal(responses.filter(({ status }) => status === 409).length, 7);
    assert.equal(await auditOf(app(), person.id, 'export.fetched'), 1);
  });

  it('contains no secrets and is stored encrypted', async () => {
    const { person, browser } = await withCopy(app());
    const { knex } = app().services.db;
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

describeApp('the data export page', {}, (app) => {
  it('refuses a request without the correct password', async () => {
    const { browser, person } = await signedIn(app());

    const refused = await (await browser.open(path)).press('request', { password: 'not mine' });

    assert.equal(refused.status, 422);
    assert.match(refused.text, /incorrect/i);
    assert.equal(await auditOf(app(), person.id, 'export.requested'), 0);
  });

  it('asks for the password again when the reauthentication has expired', async (t) => {
    const clock = holdClock(t);
    const { page, person } = await withCopy(app());
    clock.advance(6 * 60);
    await app().services.shortLived.remove('Reauthentication', await sessionOf(app(), person.id));

    const refused = await page.press('download');
    assert.equal(refused.status, 422);

    const file = await refused.press('download', { password: person.password });
    assert.equal(parseCopy(file.html).data.about_this_file.subject, person.id);
  });

  it('redirects to sign-in when the user is not signed in', async () => {
    assert.ok((await app().browser().open(path)).has('sign-in'));
  });

  it('allows one export at a time and the next one after a delay', async (t) => {
    const clock = holdClock(t);
    const { person, browser, page } = await withCopy(app());
    const { exports, exportWriter } = app().services;
    const user = await app().services.users.findById(person.id);
    assert.ok(user);
    assert.equal(await exports.request(user), false);
    await page.press('download');
    assert.match((await browser.open(path)).text, /another copy in a few minutes/);
    assert.equal(await exports.request(user), false);
    clock.advance(16 * 60);

    const asked = await Promise.all([exports.request(user), exports.request(user)]);

    assert.deepEqual(asked.toSorted(), [false, true]);
    assert.equal(await exportWriter.makeDue(), 1);
    assert.equal(await auditOf(app(), person.id, 'export.requested'), 2);
  });

  it('exports an audit history that is longer than one page completely', async () => {
    const { person, browser } = await signedIn(app());
    await app().services.db.knex.raw(
      `insert into audit_events (id, at, event, actor_kind, user_id)
       select gen_random_uuid(), now() - interval '1 day' * (n / 700), 'profile.changed', 'system', ?
         from generate_series(1, 2100) as n`,
      [person.id],
    );
    await (await browser.open(path)).press('request', { password: person.password });
    await app().services.exportWriter.makeDue();

    const { data } = parseCopy(await download(browser));

    const entries = data.activity.filter(({ event }) => event === 'profile.changed');
    assert.equal(entries.length, 2100);
  });

  it('expires the export after a week, and the cleanup removes its data', async (t) => {
    const clock = holdClock(t);
    const { person, page } = await withCopy(app());
    const user = await app().services.users.findById(person.id);
    assert.ok(user);
    const id = await exportIdOf(app(), person.id);
    clock.advance(7 * daySeconds + 120);

    assert.equal(await app().services.exports.fetch(user), undefined);

    await app().services.cleanupJob.run();
    assert.equal(await chunksLeft(app(), id), 0);
    assert.ok(page.has('ready'));
  });

  it('removes the export when the account is deleted', async () => {
    const { person } = await withCopy(app());
    const user = await app().services.users.findById(person.id);
    assert.ok(user);

    const id = await exportIdOf(app(), person.id);
    await app().services.deletion.deleteNow(user, { kind: 'operator' });

    const { knex } = app().services.db;
    assert.deepEqual(await knex('account_exports').where({ user_id: person.id }), []);
    assert.equal(await chunksLeft(app(), id), 0);
  });
});

async function sessionOf(app: TestApp, userId: string): Promise<string> {
  const [row] = await app.services.db.knex('sessions').where({ user_id: userId });
  return String(row.uid);
}
