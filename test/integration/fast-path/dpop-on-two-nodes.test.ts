// A DPoP proof is accepted once, whichever process receives it (RFC 9449 §11.1).
import { it } from 'node:test';
import { answerOf } from '#test/support/actors/relying-party-types.ts';
import { assertOnce, atOnce } from '#test/support/data/outcomes.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import { serviceFacts } from '#test/support/data/service-facts.ts';
import { createProofKey, signProofs } from '#test/support/fast-path/dpop/dpop-proofs.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

const bound = { ...serviceFacts, dpop_bound_access_tokens: true } as const;

describeNodes('a DPoP proof on two nodes', { settings: {} }, (nodes) => {
  async function requestToken(app: RegisteredApp, turn: number, dpop: string) {
    const { issuer } = nodes();
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const headers = new Headers({ dpop });
    await app.auth({ issuer }, { client_id: app.clientId }, body, headers);
    const request = { method: 'POST', headers: Object.fromEntries(headers), body };
    return answerOf(
      await nodes()
        .at(turn % 2)
        .send(`${issuer}/oauth2/token`, request),
    );
  }

  for (const auth of ['client_secret_basic', 'private_key_jwt'] as const) {
    it(`is accepted in one of twenty concurrent requests with ${auth}`, async () => {
      const app = await nodes().createClient({ ...bound, auth });
      const key = await createProofKey();
      const target = { method: 'POST', url: `${nodes().issuer}/oauth2/token` } as const;
      const proof = signProofs(key.place(target));

      const answers = await atOnce((turn) => requestToken(app, turn, proof));

      assertOnce(answers, 400, 'invalid_grant');
    });
  }
});
