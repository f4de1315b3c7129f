// Types of authorization details on the command line, in the management API and in a configuration
// file.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createDataContext } from '#cli/data-context.ts';
import { parseConfiguration } from '#features/configuration-as-code/document/parse-document.ts';
import { printYaml } from '#features/configuration-as-code/document/print-document.ts';
import { kinds } from '#features/configuration-as-code/kinds/kinds.service.ts';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';

const transfer = {
  type: 'transfer',
  schema: {
    type: 'object',
    required: ['type', 'amount'],
    properties: { type: { const: 'transfer' }, amount: { type: 'string', maxLength: 20 } },
    additionalProperties: false,
  },
  sentences: { en: 'Transfer {amount}', de: '{amount} überweisen' },
};

const faults: readonly (readonly [object, RegExp])[] = [
  [[{ ...transfer, sentences: { de: 'Überweisen' } }], /without an English sentence/],
  [[{ ...transfer, sentences: { en: ' ' } }], /1 to 300 characters/],
  [[transfer, transfer], /must name each type once/],
  [[{ ...transfer, type: 'two words' }], /printable ASCII/],
  [[{ ...transfer, schema: { type: 'nothing' } }], /schema is invalid/],
  [[{ ...transfer, schema: { type: 'string', pattern: '(a+)+$' } }], /patterns are not supported/],
  [[{ ...transfer, schema: { $ref: 'https://evil.example/schema' } }], /schema is invalid/],
];

describeApp('types of authorization details (RFC 9396)', {}, (app) => {
  it('are set and shown by the command line', async () => {
    const { done, run } = createCommandRunner(app().services);
    const audience = 'https://bank.example';
    const create = ['resource', 'create', '--audience', audience, '--scopes', 'read'];
    const option = ['--authorization-details', '-'];

    await done([...create, '--format', 'jwt', ...option], JSON.stringify([transfer]));
    const shown = await done(['resource', 'show', audience, '--json']);
    const text = await done(['resource', 'show', audience]);

    assert.deepEqual(Object(shown.json())['authorization_details_types'], [transfer]);
    assert.match(text.out, /authorization_details_types +transfer\n/);
    for (const [types, message] of faults) {
      const ran = await run(['resource', 'update', audience, ...option], JSON.stringify(types));
      assert.notEqual(ran.exitCode, 0);
      assert.match(ran.err, message);
    }
    const emptied = await done(['resource', 'update', audience, ...option, '--json'], '[]');
    assert.deepEqual(Object(emptied.json())['authorization_details_types'], []);
  });

  it('are set and shown by the management API', async () => {
    const api = await createApiClient(app());
    const resource = { audience: 'https://bank.example/two', scopes: ['read'] };
    const body = { ...resource, authorization_details_types: [transfer] };
    const made = await api.post('resources', body);
    const path = `resources/${String(made.body['id'])}`;
    const read = await api.get(path);

    assert.deepEqual(read.body['authorization_details_types'], [transfer], made.text);
    const headers = { 'if-match': read.headers.get('etag') ?? '' };
    for (const [types, message] of faults) {
      const changed = await api.call('PATCH', path, {
        body: { authorization_details_types: types },
        headers,
      });
      assert.deepEqual([changed.status, changed.body['code']], [400, 'invalid_input']);
      assert.match(String(changed.body['detail']), message);
    }
    const none = await api.call('PATCH', path, {
      body: { authorization_details_types: [] },
      headers,
    });
    assert.deepEqual(none.body['authorization_details_types'], [], none.text);
  });

  it('are exported, and applied without a difference', async () => {
    await app().createApi({ audience: 'https://bank.example/three', detailTypes: [transfer] });
    const { configuration } = createDataContext(app().services);

    const exported = printYaml(await configuration.export());

    assert.match(exported, /Transfer \{amount\}/);
    const document = { sections: parseConfiguration(exported, kinds) };
    const { changes } = await configuration.apply(document, { isPlan: true, prunes: true });
    assert.deepEqual(changes, []);
  });

  it('are refused in a file with the location of the API, before anything changes', async () => {
    const { configuration } = createDataContext(app().services);
    const options = { isPlan: true, prunes: false };

    for (const [types, message] of faults) {
      const api = {
        scopes: ['read'],
        access_token_format: 'jwt',
        authorization_details_types: types,
      };
      const text = JSON.stringify({ version: 1, resources: { 'https://bank.example/four': api } });
      const document = { sections: parseConfiguration(text, kinds) };

      await assert.rejects(configuration.apply(document, options), (error: Error) => {
        assert.match(
          error.message,
          /^line 1, column \d+: resources\.https:\/\/bank\.example\/four: /,
        );
        assert.match(error.message, message);
        return true;
      });
    }
  });
});
