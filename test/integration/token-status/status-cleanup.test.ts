// When the cleanup removes the rows of revocable JWT access tokens.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { describeNodes } from '#test/support/faults/node-suite.ts';

const machine = {
  auth: 'client_secret_basic',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  scope: 'read',
} as const;

describeNodes('a JWT access token of an API with revocable tokens', { count: 1 }, (nodes) => {
  it('leaves no row after its expiry', async () => {
    const rows = () => nodes().services.db.knex('token_statuses').where({ client_id: 'gone' });
    const expired = { jti_hash: Buffer.alloc(32), client_id: 'gone', issued_at: new Date(0) };
    const list = { list_id: crypto.randomUUID(), place: 1, expires_at: new Date(1000) };
    await nodes()
      .services.db.knex('token_statuses')
      .insert({ ...expired, ...list });

    await nodes().services.cleanupJob.run();

    assert.equal((await rows()).length, 0);
  });

  it('stays revoked as long as the clock of an API may be slow', async () => {
    const { audience } = await nodes().createApi({ accessTokenFormat: 'jwt', revocable: true });
    const client = await nodes().relyingParty(machine);
    const { accessToken } = await client.clientCredentials({ resource: audience, scope: 'read' });
    await client.revoke(accessToken);
    const jti_hash = createHash('sha256')
      .update(String(decodeJwt(accessToken).jti))
      .digest();
    const { knex } = nodes().services.db;
    const tables = ['token_statuses', 'revoked_tokens'];
    const expires_at = new Date(Date.now() - 60_000);
    for (const table of tables) await knex(table).where({ jti_hash }).update({ expires_at });

    await nodes().services.cleanupJob.run();

    for (const table of tables) {
      assert.equal((await knex(table).where({ jti_hash })).length, 1, table);
    }
  });
});
