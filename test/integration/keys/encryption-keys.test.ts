// Rotation of ENCRYPTION_KEYS and COOKIE_KEYS: what was encrypted, signed or issued with the former
// keys stays usable, is encrypted anew in the background, and the status says when a key can go.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { it, type TestContext } from 'node:test';
import {
  createSealedColumnStore,
  sealedTablesOf,
} from '#core/keys/encryption/sealed-columns.store.ts';
import { outsideMilliseconds, usesOf } from '#core/keys/encryption/encryption-keys.ts';
import { readConfig } from '#config/config.ts';
import { createKeyring } from '#platform/crypto/encryption.ts';
import { sealedHashContext, sealedPrefix } from '#platform/crypto/password-hashing.ts';
import { openServices } from '#server/composition.ts';
import { tables } from '#server/modules.ts';
import { cheapSettings, startTestApp, type TestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { holdClock } from '#test/support/clock.ts';
import { offline } from '#test/support/data/outcomes.ts';
import { createTestLog } from '#test/support/services/databases.ts';

const former = cheapSettings['ENCRYPTION_KEYS'] ?? '';
const fresh = `fresh:${randomBytes(32).toString('base64')}`;
const by = { kind: 'operator' } as const;

async function aFormerNode(t: TestContext): Promise<TestApp> {
  const app = await startTestApp(t);
  await app.services.encryptionKeys.admit();
  return app;
}

/** A later node on the same database, with other keys, that has not been admitted yet. */
async function aLaterNode(t: TestContext, { services, issuer }: TestApp, keys: string) {
  const { databaseUrl = '' } = services.config;
  const cookieKeys = `${randomBytes(32).toString('base64url')},${cheapSettings['COOKIE_KEYS']}`;
  return startTestApp(t, {
    settings: {
      DATABASE_URL: databaseUrl,
      ISSUER: issuer,
      ENCRYPTION_KEYS: keys,
      COOKIE_KEYS: cookieKeys,
    },
  });
}

/** At least one row in every encrypted column. */
async function fillColumns({ services, createUser, createClient }: TestApp): Promise<void> {
  const { db, keyring, webhookService, identityProviders, secondFactor } = services;
  const user = await createUser();
  const other = await createUser();
  await secondFactor.begin(user.id);
  await services.subjectKey.subjectOf('sector.example', user.id);
  const hash = `${sealedPrefix}${keyring.seal('{}', sealedHashContext)}`;
  await db.knex('password_credentials').where({ user_id: other.id }).update({ hash });
  const webhook = await webhookService.create(
    {
      url: 'https://hook.example/',
      events: undefined,
      description: undefined,
      personalData: false,
    },
    by,
  );
  await webhookService.rotateSecret(webhook.id, { by, overlapSeconds: 3600 });
  const { clientId } = await createClient();
  await services.streamService.create(clientId, {
    endpointUrl: 'https://receiver.example/',
    authorizationHeader: 'Bearer s3cret',
    eventsRequested: [],
    description: undefined,
  });
  const secret = { client_secret: 's3cret' };
  const entry = { id: 'corp', name: 'Corp', issuer: 'https://corp.example', client_id: 'ostiary' };
  await identityProviders.create({ entry, secret, enabled: true }, by);
  const { email } = user;
  const order = { kind: 'recovery', userId: user.id, email, emailKey: email } as const;
  await db.transaction((tx) => services.emailTokens.issue(order, tx));
  await services.backchannelRequestLog.receive({
    userId: user.id,
    clientId,
    content: {},
    bindingMessage: undefined,
    address: undefined,
    secret: 'auth-req-id',
    notificationToken: 'token',
    expiresAt: new Date(services.now().getTime() + 60_000),
  });
  const found = await services.users.findById(user.id);
  assert.ok(found);
  await services.exports.request(found);
  await services.exportWriter.makeDue();
}

async function usesIn({ services }: TestApp) {
  const inventory = await services.encryptionKeys.inventory();
  const uses = usesOf(inventory, services.now());
  return { inventory, of: (id: string) => uses.find((use) => use.id === id) };
}

it('every encrypted column is encrypted anew, and then needs the new key only', async (t) => {
  const before = await aFormerNode(t);
  await fillColumns(before);
  const { inventory } = await usesIn(before);
  const places = sealedTablesOf(tables);
  assert.deepEqual(
    inventory.columns.filter(({ rows }) => (rows.get('test') ?? 0) === 0),
    [],
    'a column without a row would not be tested',
  );

  const later = await aLaterNode(t, before, `${fresh},${former}`);
  await later.services.encryptionKeys.admit();
  const both = await Promise.all([later, later].map(({ services }) => services.reencryption.run()));
  const { changed, unreadable } = await later.services.reencryption.run();

  assert.ok(both.every((report) => report.unreadable === 0));
  assert.deepEqual([changed, unreadable], [0, 0]);
  const { ENCRYPTION_KEYS: _, ...rest } = cheapSettings;
  const alone = createKeyring(readConfig({ ...rest, ENCRYPTION_KEYS: fresh }).encryptionKeys);
  for (const { table, column, key, context, prefix = '' } of places) {
    const rows: Record<string, string | null>[] = await before.services.db
      .knex(table)
      .select(column, ...key);
    const texts = rows.filter((row) => row[column]?.startsWith(`${prefix}v1.`));
    assert.ok(texts.length > 0, `${table}.${column}`);
    for (const row of texts) {
      const sealed = String(row[column]).slice(prefix.length);
      alone.open(sealed, context(key.map((name) => String(row[name]))));
    }
  }
  const { of } = await usesIn(later);
  assert.equal(of('test')?.rows, 0);
});

it('a row that changes while it is encrypted anew keeps the change', async (t) => {
  const before = await aFormerNode(t);
  const user = await before.createUser();
  await before.services.secondFactor.begin(user.id);
  const later = await aLaterNode(t, before, `${fresh},${former}`);
  const [place] = sealedTablesOf(tables).filter(({ table }) => table === 'totp_credentials');
  assert.ok(place);
  const store = createSealedColumnStore(later.services.db);
  const [read] = await store.window(place, 'fresh', undefined);
  assert.ok(read?.stale);

  await before.services.secondFactor.begin(user.id);
  const isWritten = await store.replace(place, read, 'of the old secret');

  assert.equal(isWritten, false);
});

it('refresh tokens and browser sessions of the former keys go on, and move to the new ones', async (t) => {
  const before = await aFormerNode(t);
  const rp = await before.relyingParty();
  const [moving, resting] = [
    await rp.login(await before.createUser(), offline),
    await rp.login(await before.createUser(), offline),
  ];
  const later = await aLaterNode(t, before, `${fresh},${former}`);
  await later.services.encryptionKeys.admit();
  const there = await rp.through(later.send);

  const refreshed = await there.refresh(moving.refreshToken);
  const again = await there.refresh(refreshed.refreshToken);
  const { of } = await usesIn(later);
  const page = await moving.browser.through(later.send).open((await there.request()).url);

  assert.notEqual(again.refreshToken, '');
  assert.deepEqual([of('fresh')?.refreshTokens, of('test')?.refreshTokens], [1, 1]);
  assert.ok(page.left, 'the browser is still signed in');

  // Without the key, the family that was not refreshed would end, so a start is refused.
  await later.services.reencryption.run();
  const without = await aLaterNode(t, before, fresh);
  await assert.rejects(
    without.services.encryptionKeys.admit(),
    /ENCRYPTION_KEYS has no key named "test", but 1 refresh token needs it/,
  );
  await there.refresh(resting.refreshToken);
  await without.services.encryptionKeys.admit();
  assert.equal((await (await rp.through(without.send)).tryRefresh(again.refreshToken)).status, 200);
});

it('a server without a key that rows need is refused, with its id and the count', async (t) => {
  const before = await aFormerNode(t);
  const later = await aLaterNode(t, before, `${fresh},${former}`);
  const without = await startWithoutLoading(t, before);

  await assert.rejects(without.encryptionKeys.admit(), (error: Error) => {
    assert.match(
      error.message,
      /^ENCRYPTION_KEYS has no key named "test", but 5 encrypted rows need it\. Put it back/,
    );
    return true;
  });
  await later.services.reencryption.run();
  await without.encryptionKeys.admit();
});

it('the status names a date for the former key, and says so when it can go', async (t) => {
  const clock = holdClock(t);
  const before = await aFormerNode(t);
  const later = await aLaterNode(t, before, `${fresh},${former}`);
  await later.services.encryptionKeys.admit();
  const { done } = createCommandRunner(later.services);

  const needed = (await done(['keys', 'status'])).out;
  await later.services.reencryption.run();
  const waiting = (await done(['keys', 'status'])).out;
  clock.advance(outsideMilliseconds / 1000);
  const removable = (await done(['keys', 'status'])).out;
  const { encryption } = (await done(['keys', 'status', '--json'])).json();

  assert.match(needed, /^test +5 +0 +needed: rows are being re-encrypted$/m);
  assert.match(needed, /^signing_keys.sealed_jwk +0 of 5 +0 % +test: 5$/m);
  assert.match(waiting, /^test +0 +0 +can be removed from \d{4}-/m);
  assert.match(waiting, /^signing_keys.sealed_jwk +5 of 5 +100 % +fresh: 5$/m);
  assert.match(removable, /^test +0 +0 +can be removed from ENCRYPTION_KEYS$/m);
  const { keys } = Object(encryption);
  assert.deepEqual(
    Object(keys).map(({ id, state }: { id: string; state: string }) => [id, state]),
    [
      ['fresh', 'current'],
      ['test', 'removable'],
    ],
  );
});

/** Services only: an application that cannot decrypt its signing keys does not start. */
async function startWithoutLoading(t: TestContext, { services }: TestApp) {
  const { databaseUrl = '', issuer } = services.config;
  const config = readConfig({
    ...cheapSettings,
    DATABASE_URL: databaseUrl,
    ISSUER: issuer,
    ENCRYPTION_KEYS: fresh,
  });
  const opened = await openServices({ config, log: createTestLog(), now: () => new Date() });
  t.after(() => opened.close());
  return opened;
}
