// What operators can ask about the installation: version and effective settings.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { version } from '#cli/version.ts';
import { createApiClient, createCaller } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';

const key = Buffer.alloc(32, 'a');
const secrets = [key.toString('base64'), key.toString('base64url')];
const settings = {
  ENCRYPTION_KEYS: `own:${key.toString('base64')}`,
  COOKIE_KEYS: key.toString('base64url'),
};

describeApp(
  'information about the server',
  { arrangement: 'embedded, memory', settings },
  (app) => {
    it('has the version of the code and of Node.js, for operators only', async () => {
      const api = await createApiClient(app());
      const narrow = await createApiClient(app(), ['users:read']);

      const shown = await api.get('version');
      const refused = await narrow.get('version');
      const anonymous = await createCaller(app(), undefined).get('version');

      assert.deepEqual(shown.body, {
        name: 'Ostiary',
        version,
        node: process.version,
        issuer: app().issuer,
      });
      assert.equal(refused.status, 403, refused.text);
      assert.equal(anonymous.status, 401);
    });

    it('has the effective settings without a secret', async () => {
      const api = await createApiClient(app());

      const { text, body } = await api.get('settings');

      const { settings: shown } = Object(body);
      assert.equal(shown['ISSUER'], app().issuer);
      assert.equal(typeof shown['ENCRYPTION_KEYS'], 'string');
      assert.equal(typeof shown['COOKIE_KEYS'], 'string');
      assert.deepEqual(
        secrets.filter((secret) => text.includes(secret)),
        [],
      );
    });
  },
);
