// X15: two nodes of one database with different settings. One that would make what the other refuses
// does not start, and says by which setting; its value is nowhere to be read.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { cheapSettings } from '#test/app.ts';
import {
  closeInReverse,
  createServerDatabase,
  openShell,
  startServer,
  type RunningServer,
  type Settings,
} from '#test/commands/shell.ts';
import { redisUrl, type Closing } from '#test/stage/databases.ts';

const issuer = 'https://id.example';
const other = {
  issuer: 'https://id-two.example',
  encryptionKey: `other:${randomBytes(32).toString('base64')}`,
  cookieKey: randomBytes(32).toString('base64url'),
};

describe('X15: a second node with other settings', () => {
  it('does not start with another issuer or other keys, and says so without the value', async (t) => {
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

      assert.match(refusal, new RegExp(`The server ended: ${name} is not what`));
      assert.ok(!refusal.includes(value) && !refusal.includes(settings[name] ?? ''));
    }
    // The first one is none the worse for it.
    await start({});
  });

  it('is one of the two, no matter which, when both start at the same moment', async (t) => {
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

  it('starts when keys are being replaced, and so does the next one with the new key alone', async (t) => {
    const { settings, start } = await aFirstNode(t);
    const { ENCRYPTION_KEYS: encryption = '', COOKIE_KEYS: cookies = '' } = settings;
    const both = {
      ENCRYPTION_KEYS: `${other.encryptionKey},${encryption}`,
      COOKIE_KEYS: `${other.cookieKey},${cookies}`,
    };

    await start(both);

    await start({ ...both, COOKIE_KEYS: other.cookieKey });
    await assert.rejects(start({}), /COOKIE_KEYS is not what/);
  });

  it('starts with another life of tokens, which the log and the doctor tell', async (t) => {
    const { settings, start } = await aFirstNode(t);

    const second = await start({ ACCESS_TOKEN_SECONDS: '120', SESSION_IDLE_SECONDS: '900' });
    const doctor = await (await openShell(t, settings)).run(['doctor', '--json']);

    assert.match(
      second.log(),
      /"event":"settings.uneven","setting":\["ACCESS_TOKEN_SECONDS","SESSION_IDLE_SECONDS"\]/,
    );
    assert.match(
      doctor.out,
      /"state":"warn","message":"The node that started last has other values of ACCESS_TOKEN_SECONDS, SESSION_IDLE_SECONDS/,
    );
  });

  it('is told by the doctor before it is tried', async (t) => {
    const { settings } = await aFirstNode(t);
    const shell = await openShell(t, { ...settings, ISSUER: other.issuer });

    const doctor = await shell.run(['doctor', '--json']);

    assert.equal(doctor.exitCode, 1);
    assert.match(doctor.out, /not what the other nodes of this database have: ISSUER/);
  });

  it('is the right one once that was accepted, and the first one no more', async (t) => {
    const { settings, start } = await aFirstNode(t);
    const shell = await openShell(t, { ...settings, ISSUER: other.issuer });

    const accepted = await shell.done(['config', 'accept', '--json']);

    assert.deepEqual(accepted.json(), { changed: ['ISSUER'] });
    await start({ ISSUER: other.issuer });
    await assert.rejects(start({}), /ISSUER is not what/);
  });
});

interface FirstNode {
  readonly settings: Settings;
  /** Another one with these settings instead. */
  start(changes: Settings): Promise<RunningServer>;
}

/** One has started with these settings, and has ended since: what counts is what it has left. */
async function aFirstNode(t: Closing): Promise<FirstNode> {
  const works = closeInReverse(t);
  const settings = await newSettings(works);
  const start = (changes: Settings) => startServer(works, { ...settings, ...changes });
  await (await start({})).stop();
  return { settings, start };
}

async function newSettings(t: Closing): Promise<Settings> {
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

/** All that somebody sees who can read the database. */
async function readNoted(databaseUrl: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return JSON.stringify((await client.query('select * from shared_settings')).rows);
  } finally {
    await client.end();
  }
}
