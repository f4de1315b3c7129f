// The program of docs/webhooks.md verifies messages as the server signs them, and as the library of
// Standard Webhooks does.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { createWebhookSecret, signedHeaders } from '#features/webhooks/standard-webhooks.ts';
import { layOut, readProgram } from '#test/support/docs/example-programs.ts';

const [id, body] = ['message-1', JSON.stringify({ type: 'user.blocked', name: 'Zoë' })];

it('the verification in docs/webhooks.md accepts valid messages only', async (t) => {
  const program = await readProgram('docs/webhooks.md', 'verify.mjs');
  const folder = await layOut(t, { 'verify.mjs': program });
  const { verify } = await import(join(folder, 'verify.mjs'));
  const [secret, other] = [createWebhookSecret(), createWebhookSecret()];
  const sentAt = new Date();
  const headers = signedHeaders({ id, sentAt, body }, [other, secret]);

  assert.deepEqual(verify(secret, headers, body), JSON.parse(body));
  assert.deepEqual(verify(other, headers, body), JSON.parse(body));
  assert.deepEqual(new Webhook(secret).verify(body, { ...headers }), JSON.parse(body));
  assert.throws(() => verify(createWebhookSecret(), headers, body), /invalid signature/);
  assert.throws(() => verify(secret, headers, `${body} `), /invalid signature/);
  assert.throws(() => verify(secret, { ...headers, 'webhook-id': 'x' }, body), /invalid signature/);
  const old = signedHeaders({ id, sentAt: new Date(Date.now() - 600_000), body }, [secret]);
  assert.throws(() => verify(secret, old, body), /too old/);
});

it('the signature is the one of the library', () => {
  const secret = createWebhookSecret();
  const sentAt = new Date('2026-05-04T12:00:00Z');
  const { 'webhook-signature': signature } = signedHeaders({ id, sentAt, body }, [secret]);

  assert.equal(signature, new Webhook(secret).sign(id, sentAt, body));
});
