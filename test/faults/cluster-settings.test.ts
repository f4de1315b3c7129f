// Two nodes on one database with different settings. A node that would issue what the other
// rejects does not start and names the setting, without revealing its value.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { cheapSettings } from '#test/support/app.ts';
import {
  closeInReverse,
  createServerDatabase,
  openShell,
  startServer,
  type RunningServer,
  type Settings,
} from '#test/support/cli/shell.ts';
import { redisUrl, type CleanUp } from '#test/support/services/databases.ts';

const issuer = 'https://id.example';
const other = {
  issuer: 'https://id-two.example',
  encryptionKey: `other:${randomBytes(32).toString('base64')}`,
  cookieKey: randomBytes(32).toString('base64url'),
};

describe('second node with different settings', () => {
  it('does not start with another issuer or key and names the setting', async (t) => {
    const { settings, start } = await aFirstNode(t);

    for (const [name, value] of [
      ['ISSUER', other.issuer],
      ['ENCRYPTION_KEYS', other.encryptionKey],
      ['COOKIE_KEYS', other.cookieKey],
    ] as const) {
      const refusal = await start({ [name]: value }).then(
        () => assert.fail('It started.'),
        (error: unknown) => String(error),
      );

      assert.match(refusal, new RegExp(`The server ended: ${name} differs from the other nodes`));
      assert.ok(!refusal.includes(value) && !refusal.includes(settings[name] ?? ''));
    }
    // The first node is not affected.
    await start({});
  });

  it('is refused, or the first node is, when both start at the same time', async (t) => {
    const works = closeInReverse(t);
    const settings = await newSettings(works);
    const issuers = [settings['ISSUER'] ?? '', other.issuer];

    const starts = await Promise.allSettled(
      issuers.map((ISSUER) => startServer(works, { ...settings, ISSUER })),
    );

    assert.deepEqual(starts.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
    const noted = await readNoted(settings['DATABASE_URL'] ?? '');
    assert.ok(noted.includes('ISSUER') && issuers.every((value) => !noted.includes(value)));
  });

  it('starts during key rotation, and so does a later node with only the new key', async (t) => {
    const { settings, start } = await aFirstNode(t);
    const { ENCRYPTION_KEYS: encryption = '', COOKIE_KEYS: cookies = '' } = settings;
    const both = {
      ENCRYPTION_KEYS: `${other.encryptionKey},${encryption}`,
      COOKIE_KEYS: `${other.cookieKey},${cookies}`,
    };

    await start(both);

    await start({ ...both, COOKIE_KEYS: other.cookieKey });
    await assert.rejects(start({}), /COOKIE_KEYS differs from the other nodes/);
  });

  it('starts with other token lifetimes, which the log and `ostiary doctor` report', async (t) => {
    const { settings, start } = await aFirstNode(t);

    const second = await start({ ACCESS_TOKEN_SECONDS: '120', SESSION_IDLE_SECONDS: '900' });
    const doctor = await (await openShell(t, settings)).run(['doctor', '--json']);

    assert.match(
      second.log(),
      /"event":"settings.uneven","setting":\["ACCESS_TOKEN_SECONDS","SESSION_IDLE_SECONDS"\]/,
    );
    assert.match(
      doctor.out,
      /"state":"warn","message":"The node that started last has different values of ACCESS_TOKEN_SECONDS, SESSION_IDLE_SECONDS/,
    );
  });

  it('is rejected by `ostiary doctor` in advance', async (t) => {
    const { settings } = await aFirstNode(t);
    const shell = await openShell(t, { ...settings, ISSUER: other.issuer });

    const doctor = await shell.run(['doctor', '--json']);

    assert.equal(doctor.exitCode, 1);
    assert.match(doctor.out, /differ from those of the other nodes: ISSUER/);
  });

  it('starts after `config accept`, and the first settings are then rejected', async (t) => {
    const { settings, start } = await aFirstNode(t);
    const shell = await openShell(t, { ...settings, ISSUER: other.issuer });

    const accepted = await shell.done(['config', 'accept', '--json']);

    assert.deepEqual(accepted.json(), { changed: ['ISSUER'] });
    await start({ ISSUER: other.issuer });
    await assert.rejects(start({}), /ISSUER differs from the other nodes/);
  });
});

interface FirstNode {
  readonly settings: Settings;
  /** Starts another node with these changes. */
  start(invalidation: Settings): Promise<RunningServer>;
}

/** A node started with these settings and stopped; only the rows that it left in the database matter. */
async function aFirstNode(t: CleanUp): Promise<FirstNode> {
  const works = closeInReverse(t);
  const settings = await newSettings(works);
  const start = (invalidation: Settings) => startServer(works, { ...settings, ...invalidation });
  await (await start({})).stop();
  return { settings, start };
}

async function newSettings(t: CleanUp): Promise<Settings> {
  const settings: Record<string, string> = {
    ISSUER: issuer,
    DATABASE_URL: await createServerDatabase(t),
    REDIS_URL: redisUrl(),
    PORT: '0',
    LOG_LEVEL: 'warn',
  };
  for (const name of ['NODE_ENV', 'ENCRYPTION_KEYS', 'COOKIE_KEYS', 'WORKERS']) {
    settings[name] = cheapSettings[name] ?? '';
  }
  return settings;
}

/** Returns everything that is visible to a reader of the database. */
async function readNoted(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return JSON.stringify((await client.query('select * from shared_settings')).rows);
  } finally {
    await client.end();
  }
}
