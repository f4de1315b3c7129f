// The security section of the client form in the panel: what it shows, changes and leaves unchanged.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { signInToPanel } from '#test/support/steps/panel.ts';

describeApp('the security section of a client in the panel', {}, (app) => {
  async function openForm(facts: Readonly<Record<string, unknown>> = {}) {
    const admin = await signInToPanel(app());
    const { clientId } = await app().createClient({ auth: 'client_secret_basic', ...facts });
    const edit = await admin.open(`/clients/${encodeURIComponent(clientId)}/edit`);
    const stored = async () => (await app().services.clientStore.find(clientId))?.metadata ?? {};
    return { edit, stored, before: await stored() };
  }

  it('changes nothing when the form is sent unmodified', async () => {
    const facts = {
      post_logout_redirect_uris: [],
      subject_type: 'pairwise',
      dpop_bound_access_tokens: true,
    };
    const { edit, stored, before } = await openForm(facts);

    await edit.press('submit', { client_name: 'Renamed', reason: 'A test' });

    assert.deepEqual(await stored(), { ...before, client_name: 'Renamed' });
  });

  it('sets and removes members', async () => {
    const { edit, stored } = await openForm({
      userinfo_signed_response_alg: 'ES256',
      require_pushed_authorization_requests: true,
    });

    const saved = await edit.press('submit', {
      dpop_bound_access_tokens: 'on',
      dpop_nonce_required: 'on',
      require_pushed_authorization_requests: '',
      userinfo_signed_response_alg: '',
      authorization_signed_response_alg: 'PS256',
      subject_type: 'pairwise',
      reason: 'A test',
    });

    const metadata = await stored();
    assert.deepEqual(
      [
        metadata['dpop_bound_access_tokens'],
        metadata['dpop_nonce_required'],
        metadata['require_pushed_authorization_requests'],
        metadata['userinfo_signed_response_alg'],
        metadata['authorization_signed_response_alg'],
        metadata['subject_type'],
      ],
      [true, true, false, undefined, 'PS256', 'pairwise'],
      saved.text,
    );
  });

  it('says why members contradict each other, and keeps the section open', async () => {
    const { edit, stored, before } = await openForm();
    const attempts = [
      [{ dpop_nonce_required: 'on' }, /dpop_nonce_required requires dpop_bound_access_tokens/],
      [{ tls_client_auth_san_dns: 'a.example' }, /requires token_endpoint_auth_method/],
      [{ id_token_encrypted_response_alg: 'ECDH-ES' }, /jwks or jwks_uri/],
    ] as const;

    for (const [fields, message] of attempts) {
      const refused = await edit.press('submit', { ...fields, reason: 'A test' });
      assert.equal(refused.status, 400, refused.text);
      assert.match(refused.text, message);
      assert.match(refused.html, /<details class="fold" id="security-fields" open>/);
    }
    assert.deepEqual(await stored(), before);
  });

  it('has its fields, collapsed, after the general ones', async () => {
    const { edit } = await openForm();

    assert.match(edit.html, /<details class="fold" id="security-fields">/);
    assert.ok(edit.html.indexOf('first_party') < edit.html.indexOf('security-fields'));
    assert.ok(edit.html.indexOf('security-fields') < edit.html.indexOf('name="others"'));
  });
});
