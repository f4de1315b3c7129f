// Webhooks in a configuration file.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createDataContext } from '#cli/data-context.ts';
import type {
  ConfigurationDocument,
  Entry,
} from '#features/configuration-as-code/document/document.ts';
import { parseConfiguration } from '#features/configuration-as-code/document/parse-document.ts';
import { printYaml } from '#features/configuration-as-code/document/print-document.ts';
import { kinds } from '#features/configuration-as-code/kinds/kinds.service.ts';
import { createWebhookSecret } from '#features/webhooks/standard-webhooks.ts';
import { describeApp } from '#test/support/app.ts';

const by = { kind: 'operator' } as const;
const url = 'https://crm.example/hooks/ostiary';
const full = {
  description: 'The CRM',
  events: ['user.registered', 'user.blocked'],
  personal_data: true,
  enabled: false,
};

/** A document as the command line reads it, with the secret of every webhook. */
function read(webhooks: object, secret?: string, overlapSeconds = 0): ConfigurationDocument {
  const sections = parseConfiguration(JSON.stringify({ version: 1, webhooks }), kinds);
  const withSecret = (entry: Entry) =>
    secret === undefined ? entry : { ...entry, secret: { value: secret, overlapSeconds } };
  return {
    sections: sections.map((each) => ({ ...each, entries: each.entries.map(withSecret) })),
  };
}

describeApp('webhooks in a configuration file', {}, (app) => {
  const configuration = () => createDataContext(app().services).configuration;
  const apply = (document: ConfigurationDocument, isPlan = false) =>
    configuration().apply(document, { isPlan, prunes: true });
  const list = async () =>
    (await app().services.webhookService.list({ after: undefined, limit: 10 })).items;

  it('are applied, exported without the secret, and then have no difference', async () => {
    const secret = createWebhookSecret();
    const { changes } = await apply(read({ [url]: full }, secret));

    assert.deepEqual(
      changes.map(({ kind, key, action, secret: shown }) => [kind, key, action, shown]),
      [['webhooks', url, 'create', undefined]],
    );
    const [webhook] = await list();
    assert.ok(webhook);
    assert.deepEqual(
      [webhook.description, webhook.events, webhook.personalData, webhook.disabledReason],
      ['The CRM', ['user.blocked', 'user.registered'], true, 'operator'],
    );
    assert.equal(await app().services.webhookService.hasSecret(webhook.id, secret), true);
    const exported = printYaml(await configuration().export());
    assert.ok(exported.includes(url));
    assert.equal(exported.includes(secret), false);
    const again = await apply({ sections: parseConfiguration(exported, kinds) }, true);
    assert.deepEqual(again.changes, []);
    assert.deepEqual((await apply(read({ [url]: full }, secret), true)).changes, []);
  });

  it('change, get another secret that overlaps, and are removed', async () => {
    const { webhookService } = app().services;
    const [webhook] = await list();
    const id = webhook?.id ?? '';
    const secret = createWebhookSecret();

    const changed = await apply(read({ [url]: { description: 'Another CRM' } }));
    const rotated = await apply(read({ [url]: { description: 'Another CRM' } }, secret, 600));
    const after = await webhookService.find(id);
    const hasSecret = await webhookService.hasSecret(id, secret);
    const gone = await apply(read({}));

    assert.deepEqual(
      changed.changes.map(({ fields }) => fields.map(({ name }) => name).toSorted()),
      [['description', 'enabled', 'events', 'personal_data']],
    );
    assert.deepEqual(
      rotated.changes.map(({ fields }) => fields.map(({ name }) => name)),
      [['secret']],
    );
    assert.deepEqual([after.events, after.disabledReason, hasSecret], [undefined, undefined, true]);
    assert.ok(after.previousSecret);
    assert.deepEqual(
      gone.changes.map(({ action }) => action),
      ['delete'],
    );
    assert.deepEqual(await list(), []);
  });

  it('print a generated secret once, and stay suspended', async () => {
    const { changes } = await apply(read({ [url]: {} }));
    const [webhook] = await list();
    const id = webhook?.id ?? '';
    const state = { disabled_at: new Date(), disabled_reason: 'failing' };
    await app().services.db.knex('webhooks').where({ id }).update(state);

    const suspended = await apply(read({ [url]: {} }), true);

    assert.match(changes[0]?.secret ?? '', /^whsec_/);
    assert.deepEqual(suspended.changes, []);
  });

  it('are refused with the location of the fault, and nothing is written', async () => {
    const { webhookService } = app().services;
    const settings = { description: undefined, events: undefined, personalData: false };
    const twice = 'https://twice.example/';
    for (let count = 0; count < 2; count += 1) {
      await webhookService.create({ ...settings, url: twice }, by);
    }
    const wrong: readonly (readonly [RegExp, () => ConfigurationDocument])[] = [
      [/an https URL/, () => read({ 'http://crm.example/': {} })],
      [/an https URL/, () => read({ 'https://CRM.example': {} })],
      [/events/, () => read({ [url]: { events: ['nothing.happened'] } })],
      [/not public/, () => read({ 'https://10.0.0.1/': {} })],
      [/whsec_/, () => read({ [url]: {} }, 'short')],
      [/Several webhooks/, () => read({ [twice]: {} })],
    ];

    for (const [message, document] of wrong) {
      await assert.rejects(async () => apply(document()), { code: 'invalid_input', message });
    }
  });
});
