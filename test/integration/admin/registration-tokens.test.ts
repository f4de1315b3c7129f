// Clients that register themselves in the panel: the tokens that permit it, and how they are marked.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { createRegistrationClient, webClient } from '#test/support/steps/client-registration.ts';
import { signInToPanel } from '#test/support/steps/panel.ts';

describeApp(
  'client registration in the panel',
  { settings: { CLIENT_REGISTRATION: 'token' } },
  (app) => {
    it('creates a token, shows it once, and revokes it', async () => {
      const { browser } = await signInToPanel(app());
      const panel = `${app().issuer}/auth/admin`;
      const form = await browser.open(`${panel}/registration-tokens/new`);
      const wrong = await form.press('submit', {
        description: 'Partner',
        uses: '0',
        days: '7',
        reason: 'x',
      });
      assert.match(wrong.text, /must be: a whole number from 1 to 10000/);

      const created = await form.press('submit', {
        description: 'Partner',
        uses: '2',
        days: '7',
        reason: 'They asked for it',
      });
      const [token = ''] = /ost_iat_[\w-]{43}/.exec(created.text) ?? [];
      assert.notEqual(token, '', created.text);
      const { register } = createRegistrationClient(app());
      const registered = await register(webClient, token);
      assert.equal(registered.status, 201);

      const list = await browser.open(`${panel}/registration-tokens`);
      assert.match(list.text, /Partner.*1 of 2/s);
      assert.equal(list.text.includes(token), false);
      const [row] = await app().services.db.knex('initial_access_tokens').select('id');
      const confirm = await browser.open(`${panel}/registration-tokens/${row.id}/revoke`);
      await confirm.press('submit', { reason: 'No longer needed' });
      assert.equal((await register(webClient, token)).status, 401);

      const clients = await browser.open(`${panel}/clients`);
      assert.match(clients.text, /Wiki.*dynamic/s);
      const id = String(registered.body['client_id']);
      const client = await browser.open(`${panel}/clients/${id}`);
      assert.match(client.text, /itself, by dynamic registration/);
    });
  },
);
