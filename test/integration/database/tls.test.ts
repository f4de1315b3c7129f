// A connection to PostgreSQL over TLS, whose parameters are in the URL.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { connectPostgres } from '#platform/database/postgres.ts';
import {
  connectTo,
  createDatabase,
  createDirectory,
  createTestLog,
} from '#test/support/services/databases.ts';
import { startTlsPostgres } from '#test/support/services/tls-postgres.ts';
import { makeAuthority } from '#test/support/steps/certificate-authority.ts';

const authority = makeAuthority();
const identity = authority.issue({ subject: '/CN=localhost', alternativeNames: 'DNS:localhost' });

describe('a database over TLS', () => {
  it('answers named and other statements, and those with large answers', async (t) => {
    const url = await startTlsPostgres(t, await createDatabase(t), identity);
    const ca = join(await createDirectory(t), 'ca.pem');
    await writeFile(ca, authority.pem);
    const db = await connectTo(t, `${url}?sslmode=verify-full&sslrootcert=${ca}`);
    const text = 'select repeat($1::text, 300000) as filling, $2::bytea as bytes';
    const values = ['x', Buffer.from('ff00', 'hex')];
    const expected = [{ filling: 'x'.repeat(300_000), bytes: Buffer.from('ff00', 'hex') }];

    const named = await Promise.all(
      Array.from({ length: 4 }, () => db.run({ name: 'test_tls', text }, values)),
    );
    const other = await db.transaction((tx) => db.run({ name: '', text }, values, tx));

    assert.deepEqual(
      [...named, other].map(({ rows }) => rows),
      Array.from({ length: 5 }, () => expected),
    );
  });

  it('is not used if its certificate comes from an unknown CA', async (t) => {
    const url = await startTlsPostgres(t, await createDatabase(t), identity);

    const connecting = connectPostgres({ url: `${url}?sslmode=verify-full`, log: createTestLog() });

    await assert.rejects(connecting, { code: 'store_unavailable' });
  });
});
