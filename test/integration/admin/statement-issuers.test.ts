// Issuers of software statements in the panel: the registration endpoint accepts those that an administrator
// trusts.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describeApp } from '#test/support/app.ts';
import { createRegistrationClient, webClient } from '#test/support/steps/client-registration.ts';
import { signInToPanel } from '#test/support/steps/panel.ts';

const settings = { CLIENT_REGISTRATION: 'open' };
const issuer = 'https://wikis.example.com';

describeApp('statement issuers in the panel', { settings }, (app) => {
  it('are trusted with a reason, shown with their keys, and removed', async () => {
    const { browser, open, id: userId } = await signInToPanel(app());
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const statement = await new SignJWT({ client_name: 'Vouched wiki' })
      .setProtectedHeader({ alg: 'ES256' })
      .setIssuer(issuer)
      .setIssuedAt()
      .sign(privateKey);
    const { register } = createRegistrationClient(app());
    const withStatement = { ...webClient, software_statement: statement };
    assert.equal((await register(withStatement)).body['error'], 'unapproved_software_statement');

    const form = await open('/statement-issuers/new');
    const values = { issuer, description: 'Wiki makers', reason: 'Contract 7' };
    const broken = await form.press('submit', { ...values, jwks: '{' });
    assert.match(broken.text, /not well-formed JSON/);
    const neither = await form.press('submit', values);
    assert.match(neither.text, /Either jwks or jwks_uri is required/);
    const jwks = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'wiki-1' }] });
    const { reason: _, ...silent } = values;
    const unexplained = await form.press('submit', { ...silent, jwks });
    assert.match(unexplained.text, /reason/i);
    const shown = await form.press('submit', { ...values, jwks });
    assert.equal(shown.heading, 'wikis.example.com');
    assert.match(shown.text, /EC.*wiki-1/s);
    assert.equal((await register(withStatement)).body['client_name'], 'Vouched wiki');

    const list = await open('/statement-issuers');
    assert.match(list.text, /Wiki makers.*1 key, stored here/s);
    const [path = ''] = /\/auth\/admin\/statement-issuers\/[\w-]{20,}/.exec(list.html) ?? [];
    const confirm = await browser.open(`${path}/delete`);
    await confirm.press('submit', { reason: 'Contract ended' });
    assert.equal((await register(withStatement)).body['error'], 'unapproved_software_statement');
    assert.equal((await browser.open(path)).status, 404);

    const events = await app()
      .services.db.knex('audit_events')
      .whereLike('event', 'software_statement_issuer.%')
      .orderBy('at');
    assert.deepEqual(
      events.map(({ event, actor_id: actor, details }) => [event, actor, details.reason]),
      [
        ['software_statement_issuer.created', userId, 'Contract 7'],
        ['software_statement_issuer.deleted', userId, 'Contract ended'],
      ],
    );
  });
});
