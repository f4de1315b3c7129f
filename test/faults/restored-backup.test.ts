// A backup is restored after users were blocked, signed out and refreshed: nothing that was issued before the
// restoration is accepted again, and all users can sign in.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { Environment } from '#config/config.ts';
import { cheapSettings, collectWorks, settable, startTestApp } from '#test/support/app.ts';
import type { Arrangement, TestApp } from '#test/support/app.ts';
import {
  createRelyingParty,
  type Login,
  type RelyingParty,
} from '#test/support/actors/relying-party.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { openShell, type Settings } from '#test/support/cli/shell.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';
import {
  createDatabase,
  createDirectory,
  createDataDirectory,
  redisUrl,
} from '#test/support/services/databases.ts';
import { runPostgresTool } from '#test/support/services/postgres-tools.ts';

const ISSUER = 'https://id.localhost';
const by = { kind: 'operator' } as const;

interface Place {
  readonly name: string;
  readonly arrangement: Arrangement;
  /** The kinds of stores, with how each is backed up and restored. */
  open(t: TestContext): Promise<{
    stores(): Environment;
    backUp(app: TestApp): Promise<void>;
    restore(): Promise<void>;
  }>;
}

const keys: Settings = {
  ENCRYPTION_KEYS: cheapSettings['ENCRYPTION_KEYS'] ?? '',
  COOKIE_KEYS: cheapSettings['COOKIE_KEYS'] ?? '',
};

const places: readonly Place[] = [
  {
    name: 'embedded',
    arrangement: 'embedded, memory',
    async open(t) {
      const DATA_DIRECTORY = await createDataDirectory(t);
      const file = join(await createDirectory(t), 'ostiary.backup');
      return {
        stores: () => ({ DATA_DIRECTORY }),
        async backUp({ services }) {
          await writeFile(file, await services.backup.create());
        },
        async restore() {
          const shell = await openShell(t, { ...keys, ISSUER, DATA_DIRECTORY });
          await shell.done(['restore', file, '--yes']);
        },
      };
    },
  },
  {
    name: 'PostgreSQL, with a Redis that keeps its data',
    arrangement: 'postgres, redis',
    async open(t) {
      const source = settable(await createDatabase(t));
      const target = settable(await createDatabase(t, { migrated: false }));
      const file = join(await createDirectory(t), 'ostiary.dump');
      const REDIS_URL = redisUrl();
      let DATABASE_URL = source;
      return {
        stores: () => ({ DATABASE_URL, REDIS_URL }),
        async backUp() {
          await runPostgresTool('pg_dump', ['--format=custom', `--file=${file}`, source]);
        },
        async restore() {
          await runPostgresTool('pg_restore', ['--no-owner', `--dbname=${target}`, file]);
          DATABASE_URL = target;
          const shell = await openShell(t, { ...keys, ISSUER, DATABASE_URL: target });
          await shell.done(['database', 'restored', '--yes']);
        },
      };
    },
  },
];

describe('a backup that is restored later', () => {
  for (const place of places) {
    it(`brings back nothing that was revoked or issued since (${place.name})`, async (t) => {
      const { arrangement } = place;
      const { stores, backUp, restore } = await place.open(t);
      const before = collectWorks();
      t.after(before.run);
      const app = await startTestApp(before, { arrangement, settings: { ISSUER, ...stores() } });
      const current = { send: app.send };
      const rp = await createRelyingParty({
        issuer: ISSUER,
        send: (...request) => current.send(...request),
        app: await app.createClient(),
      });
      const people = {
        signedOut: await app.createUser(),
        blocked: await app.createUser(),
        rotated: await app.createUser(),
        newPassword: await app.createUser(),
        later: await app.createUser(),
      };
      const logins = {
        signedOut: await rp.login(people.signedOut, offline),
        blocked: await rp.login(people.blocked, offline),
        rotated: await rp.login(people.rotated, offline),
        newPassword: await rp.login(people.newPassword, offline),
      };
      await app.services.auditChain.seal();
      await backUp(app);

      const { blocking } = app.services;
      await blocking.endSessionsOf(people.signedOut.id, by);
      await app.block(people.blocked.id);
      const rotated = await rp.refresh(logins.rotated.refreshToken);
      const set = ['user', 'set-password', people.newPassword.email, '--password-stdin'];
      await createCommandRunner(app.services).done(set, 'another long password of hers\n');
      const later = await rp.login(people.later, offline);
      const unused = await rp.authorize(people.later, offline);
      await before.run();
      await restore();

      const again = await startTestApp(t, { arrangement, settings: { ISSUER, ...stores() } });
      current.send = again.send;
      for (const login of [...Object.values(logins), later]) await assertEnded(rp, login);
      await assertEnded(rp, { ...logins.rotated, ...rotated });
      assertInvalidGrant(await rp.tryExchange(unused));
      for (const person of Object.values(people)) {
        const login = await rp.login(person, offline);
        assert.equal(await rp.isActive(login.accessToken), true);
        assert.equal((await rp.tryRefresh(login.refreshToken)).status, 200);
      }
      const report = await again.services.auditVerification.verify();
      assert.deepEqual(report.faults, []);
      const events = await again.services.db.knex('audit_events').where('seq', '>', 0);
      assert.ok(events.some(({ event }) => event === 'database.restored'));
      // A client that presents its earlier tokens is not treated as an attacker.
      assert.ok(events.every(({ event }) => event !== 'refresh_token.reused'));
    });
  }
});

type Ended = Pick<Login, 'accessToken' | 'refreshToken'> & { readonly browser: Login['browser'] };

async function assertEnded(rp: RelyingParty, login: Ended): Promise<void> {
  assert.equal((await rp.introspect(login.accessToken)).text, inactive);
  assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
  assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  const { url } = await rp.request({ prompt: 'none' });
  const { searchParams } = (await login.browser.open(url)).url;
  assert.equal(searchParams.get('error'), 'login_required');
}
