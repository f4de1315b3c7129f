// Blocking, sessions and the audit from the command line, wherever the data is, and what a server
// beside it makes of them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { openEmbedded } from '#platform/embedded-postgres.ts';
import { cheapSettings, settable, startTestApp } from '#test/app.ts';
import { createBrowser } from '#test/cookie-browser.ts';
import {
  createDatabase,
  createDataDirectory,
  createDirectory,
  createTestLog,
  type Closing,
} from '#test/databases.ts';
import { offline } from '#test/outcomes.ts';
import { asSuperuser, openAudit } from '#test/services/audit-rig.ts';
import type { Send } from '#test/wire.ts';
import { openPlace, places } from './places.ts';
import { closeInReverse, openShell, startServer, type Ran, type Shell } from './shell.ts';

const password = 'seven grey herons at noon\n';
const metadata = '{"redirect_uris":["https://app.example/"]}';

for (const place of places) {
  describe(`blocking at the command line (${place})`, () => {
    const closing = closeInReverse({ after });
    let opened: Shell | undefined;
    before(async () => {
      opened = await openPlace(closing, place);
    });
    const shell = (): Shell => {
      assert.ok(opened);
      return opened;
    };

    it('blocks a person until a time, with a receipt, and lets them in again', async () => {
      const email = await makePerson(shell(), 'ann');
      const until = ['--until', '2100-01-01'];

      const blocked = await shell().done([
        'user',
        'block',
        email,
        '--reason',
        'spam',
        ...until,
        '--json',
      ]);
      const shown = await shell().done(['user', 'show', email, '--json']);
      const unblocked = await shell().done(['user', 'unblock', email]);
      const again = await shell().run(['user', 'unblock', email, '--json']);

      assert.deepEqual(Object.keys(blocked.json()), [
        'id',
        'at',
        'milliseconds',
        'parts',
        'refused',
      ]);
      assert.deepEqual(countsOf(blocked), {
        account: 1,
        sessions: 0,
        logout_notices: 0,
        grants: 0,
        refresh_families: 0,
        mail: 1,
      });
      assert.match(String(shown.json()['blocked_at']), /^2/);
      assert.match(unblocked.out, /^ann@example\.org may sign in again\.\n/);
      assert.deepEqual([again.exitCode, again.json()['error']], [4, 'conflict']);
    });

    it('signs a person out, and everybody', async () => {
      const email = await makePerson(shell(), 'bo');

      const one = await shell().done(['user', 'sign-out', email, '--json']);
      const all = await shell().done(['everyone', 'sign-out', '--json']);
      const listed = await shell().done(['session', 'list', '--json']);

      assert.equal(countsOf(one)['sessions'], 0);
      assert.equal(countsOf(all)['sessions'], 0);
      assert.deepEqual(Object.values(listed.json()), []);
    });

    it('disables an app and enables it again', async () => {
      const made = await shell().done(['client', 'create', '--metadata', '-', '--json'], metadata);
      const id = String(made.json()['client_id']);

      const disabled = await shell().done(['client', 'disable', id, '--json']);
      const twice = await shell().run(['client', 'disable', id]);
      const enabled = await shell().done(['client', 'enable', id, '--json']);
      const again = await shell().run(['client', 'enable', id]);

      assert.equal(countsOf(disabled)['client'], 1);
      assert.equal(countsOf(enabled)['client'], 1);
      assert.deepEqual([twice.exitCode, again.exitCode], [4, 4]);
    });

    it('answers with 3 for what is not there', async () => {
      const missing = [
        ['user', 'block', 'nobody@example.org', '--reason', 'x'],
        ['session', 'show', 'no-such-session'],
        ['session', 'end', 'no-such-session'],
        ['client', 'disable', 'no-such-app'],
      ];
      for (const args of missing)
        assert.equal((await shell().run(args)).exitCode, 3, args.join(' '));
    });

    it('exports what was done, and checks the chain, also with a head from an export', async () => {
      const email = await makePerson(shell(), 'di');
      await shell().done(['user', 'block', email, '--reason', 'spam']);

      const exported = await shell().done(['audit', 'export', '--user', email, '--no-personal']);
      const verified = await shell().done(['audit', 'verify', '--json']);
      const withHead = await shell().done(['audit', 'verify', '--head', '-'], exported.out);
      const withNoHead = await shell().run(['audit', 'verify', '--head', '-'], 'nothing');

      const lines = exported.out
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line));
      const [head] = lines.slice(-1);
      assert.deepEqual(
        lines.slice(0, -1).map((line) => Object(line).event),
        ['user.registered', 'user.blocked'],
      );
      assert.equal(Object(lines[1]).details.reason, 'spam');
      assert.ok(lines.slice(0, -1).every((line) => !('personal' in Object(line))));
      assert.equal(Object(head).head.seq, verified.json()['entries']);
      assert.equal(verified.json()['whole'], true);
      assert.match(withHead.out, /^The audit is whole\./);
      assert.equal(withNoHead.exitCode, 2);
    });
  });
}

describe('what can not be meant', () => {
  const block = ['user', 'block', 'ann@example.org'];
  const wrong = [
    block,
    [...block, '--reason', ' '],
    [...block, '--reason', 'x', '--until', 'tomorrow'],
    ['session', 'list', '--limit', '0'],
    ['audit', 'export', '--event', 'party.thrown'],
    ['audit', 'export', '--from', '2026-13-45'],
  ];
  for (const args of wrong) {
    it(`is answered with 2: ${args.join(' ')}`, async (t) => {
      const closing = closeInReverse(t);
      const shell = await openShell(closing, { DATA_DIRECTORY: await createDirectory(closing) });

      assert.equal((await shell.run(args)).exitCode, 2);
    });
  }
});

describe('an export through a running server', () => {
  it('may be larger than one message', async (t) => {
    const closing = closeInReverse(t);
    const settings = { DATA_DIRECTORY: await createDataDirectory(closing), PORT: '0' };
    const count = 2500;
    const db = await openEmbedded({ directory: settings.DATA_DIRECTORY, log: createTestLog() });
    const { append } = openAudit(db);
    for (let turn = 0; turn < count; turn += 1)
      await append({ details: { turn, text: 'é'.repeat(300) } });
    await db.close();
    await startServer(closing, settings);
    const shell = await openShell(closing, settings);

    const { out } = await shell.done(['audit', 'export', '--event', 'sign_in.refused']);

    assert.ok(Buffer.byteLength(out) > 1024 * 1024);
    const lines = out.trimEnd().split('\n').slice(0, -1);
    const turns = lines.map((line) => Object(JSON.parse(line)).details.turn);
    assert.deepEqual(
      turns,
      Array.from({ length: count }, (_, turn) => turn),
    );
  });
});

describe('commands beside a server on PostgreSQL', () => {
  it('block a person there within a second', async (t) => {
    const { app, shell } = await openBoth(t);
    const rp = await app.relyingParty({ auth: 'client_secret_basic' });
    const person = await app.aPerson();
    const { accessToken } = await rp.login(person);
    assert.equal(await rp.isActive(accessToken), true);

    const block = ['user', 'block', person.email, '--reason', 'spam', '--json'];
    const tooLate = await shell.run([...block, '--until', '2020-01-01']);
    const receipt = await shell.done(block);

    assert.equal(tooLate.exitCode, 2);
    assert.deepEqual([countsOf(receipt)['sessions'], countsOf(receipt)['grants']], [1, 1]);
    await pause(1000);
    assert.equal(await rp.isActive(accessToken), false);
    assert.equal((await rp.tryUserinfo(accessToken)).status, 401);
  });

  it('list sessions and end one', async (t) => {
    const { app, shell } = await openBoth(t);
    const rp = await app.relyingParty();
    const person = await app.aPerson();
    const { browser } = await rp.login(person, {}, phoneOf(app));
    await rp.login(person);
    const list = ['user', 'sessions', person.id, '--json'];

    const sessions = Object.values((await shell.done(list)).json());
    const [onPhone] = sessions.filter((each) => Object(each).device === 'Safari, iPhone');
    const table = await shell.done(['session', 'list', '--user', person.email]);
    await shell.done(['session', 'end', Object(onPhone).uid]);

    assert.equal(sessions.length, 2);
    assert.deepEqual(Object(onPhone).apps, [{ client_id: rp.app.clientId, name: 'Tasks' }]);
    assert.match(table.out, /^UID .*\n(.*Safari, iPhone.*Tasks\n)/m);
    assert.ok((await browser.open('/auth/account')).has('sign-in'));
    assert.equal(Object.values((await shell.done(list)).json()).length, 1);
  });

  it('draw what grew out of a session, and where somebody used a spent token again', async (t) => {
    const { app, shell } = await openBoth(t);
    const rp = await app.relyingParty();
    const person = await app.aPerson();
    const first = await rp.login(person, offline, phoneOf(app));
    const onPhone = await rp.through(phone(app.send));
    const next = await onPhone.refresh(first.refreshToken);
    await onPhone.refresh(next.refreshToken);
    await (await rp.through(curl(app.send))).tryRefresh(first.refreshToken);
    const list = await shell.done(['session', 'list', '--user', person.email, '--json']);
    const uid = String(Object(Object.values(list.json())[0]).uid);

    const drawn = await shell.done(['session', 'show', uid, '--tree']);
    const told = await shell.done(['session', 'show', uid, '--tree', '--json']);

    const shape = drawn.out
      .replaceAll(/[\w-]{36,}|\w{20,}/g, 'ID')
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/g, 'TIME');
    const device = 'Safari, iPhone · 127.0.0.1';
    assert.deepEqual(shape.trimEnd().split('\n'), [
      `session ID of ${person.email} · signed in TIME · ${device} · good until TIME`,
      '└─ Tasks (ID): grant ID · made TIME · scope openid offline_access · revoked TIME',
      '   └─ refresh family ID, 2 rotations, ended TIME, because a spent token was used again',
      '      ├─ token 0, the first · TIME',
      '      │  └─ FORK: spent token 0 was used again · TIME · curl · 127.0.0.1',
      `      ├─ token 1 · TIME · ${device}`,
      `      └─ token 2 · TIME · ${device}`,
    ]);
    const [grant] = Object(told.json()['grants']);
    const [family] = grant.families;
    assert.deepEqual(
      [family.state, family.fork.generation, family.members.length],
      ['reused', 0, 3],
    );
  });

  it('name an entry of the audit that somebody with SQL has changed, or deleted (X25)', async (t) => {
    const { app, shell } = await openBoth(t);
    const person = await app.aPerson();
    await app.block(person.id);
    const { db, services } = app.installation;
    await services.auditChain.seal();
    const where = { user_id: person.id, event: 'user.blocked' };
    const row: { id: string; seq: string } | undefined = await db
      .knex('audit_events')
      .where(where)
      .first();
    assert.ok(row);

    await asSuperuser(db, (tx) =>
      tx('audit_events').where(where).update({ actor_id: 'somebody else' }),
    );
    const edited = await shell.run(['audit', 'verify', '--json']);
    const inWords = await shell.run(['audit', 'verify']);
    await asSuperuser(db, (tx) => tx('audit_events').where(where).delete());
    const deleted = await shell.run(['audit', 'verify', '--json']);

    const seq = Number(row.seq);
    assert.deepEqual([edited.exitCode, inWords.exitCode, deleted.exitCode], [1, 1, 1]);
    const [fault] = Object(edited.json()['faults']);
    assert.deepEqual([fault.what, fault.seq, fault.id], ['edited', seq, row.id]);
    const sentence = `The first broken link: entry ${seq} \\(user\\.blocked, .*${row.id}\\)`;
    assert.match(inWords.out, new RegExp(sentence));
    const [gap] = Object(deleted.json()['faults']);
    assert.deepEqual([gap.what, gap.seq, gap.until], ['missing', seq, seq]);
  });
});

/** A server in this process and a shell, both on one database. */
async function openBoth(t: Closing) {
  const closing = closeInReverse(t);
  const DATABASE_URL = settable(await createDatabase(closing));
  const app = await startTestApp(closing, { settings: { DATABASE_URL } });
  const { ENCRYPTION_KEYS = '', COOKIE_KEYS = '' } = cheapSettings;
  const settings = { DATABASE_URL, ENCRYPTION_KEYS, COOKIE_KEYS, ISSUER: app.issuer };
  return { app, shell: await openShell(closing, settings) };
}

const withDevice =
  (device: string) =>
  (send: Send): Send =>
  (url, request = {}) =>
    send(url, { ...request, headers: { ...request.headers, 'user-agent': device } });
const curl = withDevice('curl/8.9');
const phone = withDevice(
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
);

function phoneOf({ send, issuer }: Awaited<ReturnType<typeof startTestApp>>) {
  return createBrowser(phone(send), issuer);
}

async function makePerson(shell: Shell, name: string): Promise<string> {
  const email = `${name}@example.org`;
  await shell.done(['user', 'create', '--email', email, '--password-stdin'], password);
  return email;
}

function countsOf(ran: Ran): Readonly<Record<string, unknown>> {
  const parts = ran.json()['parts'];
  assert.ok(Array.isArray(parts));
  return Object.fromEntries(parts.map((part) => [String(part.kind), part.count]));
}
