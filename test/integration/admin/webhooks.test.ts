// Webhooks in the panel.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import { describeApp } from '#test/support/app.ts';
import { signInToPanel } from '#test/support/steps/panel.ts';
import { startWebhookReceiver, verifyMessage } from '#test/support/steps/webhook-receiver.ts';

const reason = 'For the CRM';
const by = { kind: 'operator' } as const;
const usual = { description: undefined, events: undefined, personalData: false } as const;

describeApp('webhooks in the panel', { settings: { OUTBOUND_ALLOW: '127.0.0.0/8' } }, (app) => {
  const onlyId = async () => {
    const { items } = await app().services.webhookService.list({ after: undefined, limit: 100 });
    return items.at(-1)?.id ?? '';
  };

  it('adds a webhook, shows its secret once, tests it, and sends an event again', async (t) => {
    const admin = await signInToPanel(app());
    const receiver = await startWebhookReceiver(t);
    const form = await admin.open('/webhooks/new');
    const bad = await form.press('submit', { url: 'ftp://x', reason });
    assert.deepEqual([bad.status, bad.has('error')], [400, true]);

    const fields = { url: receiver.url, 'event-user.blocked': 'on', reason };
    const created = await bad.press('submit', fields);
    const [, secret = ''] = /id="webhook-secret"[^>]*>(whsec_[^<]+)</.exec(created.html) ?? [];
    const id = await onlyId();
    const page = await admin.open(`/webhooks/${id}`);
    assert.equal(page.html.includes(secret), false);
    const tested = await (await admin.open(`/webhooks/${id}/test`)).press('submit', {});
    assert.equal(tested.heading, 'The test arrived', tested.text);
    const [test] = receiver.messages;
    assert.ok(test);
    assert.equal(Object(verifyMessage(secret, test)).type, 'webhook.test');

    const person = await app().createUser();
    await app().block(person.id);
    await app().services.auditChain.seal();
    await app().services.outboxWorker.deliverDue();
    const log = await admin.open(`/webhooks/${id}`);
    const [, query = ''] = /replay(\?event=[^"]+)"/.exec(log.html) ?? [];
    const again = await admin.open(`/webhooks/${id}/replay${query}`);
    assert.equal((await again.press('submit', { reason })).has('notice'), true);
    await app().services.outboxWorker.deliverDue();
    const [, first, second] = receiver.messages;
    assert.deepEqual([first?.type, second?.id], ['user.blocked', first?.id]);
  });

  it('shows the result of a failed test', async (t) => {
    const admin = await signInToPanel(app());
    const receiver = await startWebhookReceiver(t);
    receiver.answer = 500;
    const { id } = await app().services.webhookService.create({ ...usual, url: receiver.url }, by);

    const tested = await (await admin.open(`/webhooks/${id}/test`)).press('submit', {});

    assert.equal(tested.heading, 'The test did not arrive');
    assert.match(tested.text, /500/);
  });

  it('changes, disables, enables and deletes a webhook, and gives it a new secret', async (t) => {
    const admin = await signInToPanel(app());
    const { webhookService } = app().services;
    const receiver = await startWebhookReceiver(t);
    const { id, plainSecret } = await webhookService.create({ ...usual, url: receiver.url }, by);
    const open = (name: string) => admin.open(`/webhooks/${id}/${name}`);

    await (await open('edit')).press('submit', { description: 'The CRM', personal: 'on', reason });
    const edited = await webhookService.find(id);
    assert.deepEqual([edited.description, edited.personalData], ['The CRM', true]);
    await (await open('disable')).press('submit', { reason });
    assert.equal((await webhookService.find(id)).disabledReason, 'operator');
    await (await open('enable')).press('submit', { reason });
    assert.equal((await webhookService.find(id)).disabledReason, undefined);
    const rotated = await (await open('secret')).press('submit', { overlap: '3600', reason });
    const [, secret = ''] = /id="webhook-secret"[^>]*>(whsec_[^<]+)</.exec(rotated.html) ?? [];
    assert.notEqual(secret, '');
    assert.notEqual(secret, plainSecret);
    const replayed = await (
      await open('replay')
    ).press('submit', { since: '2020-01-01T00:00', reason });
    assert.match(replayed.heading, /sent again/);
    const list = await (await open('delete')).press('submit', { reason });
    assert.deepEqual([list.heading, list.has('notice')], ['Webhooks', true]);
    await assert.rejects(webhookService.find(id), { code: 'not_found' });
  });

  it('shows a form again when the webhook was changed meanwhile', async (t) => {
    const admin = await signInToPanel(app());
    const { webhookService } = app().services;
    const receiver = await startWebhookReceiver(t);
    const { id } = await webhookService.create({ ...usual, url: receiver.url }, by);
    const form = await admin.open(`/webhooks/${id}/edit`);

    await webhookService.update(id, { events: ['user.blocked'] }, { by });
    const refused = await form.press('submit', { description: 'Mine', reason });

    assert.equal(refused.status, 409);
    assert.match(refused.text, /Current values.*user\.blocked/);
    assert.equal((await refused.press('submit', { reason })).has('notice'), true);
  });

  it('requires access to the audit log for choosing the events of a webhook', async () => {
    const { roleService, webhookService } = app().services;
    await roleService.create({ name: 'hooks' }, commandLine);
    const scopes = ['users:read', 'webhooks:read', 'webhooks:write'];
    const audience = managementAudience(app().issuer);
    await roleService.addPermission('hooks', { audience, scopes }, commandLine);
    const { id } = await webhookService.create({ ...usual, url: 'http://127.0.0.1:9/x' }, by);
    const limited = await signInToPanel(app(), 'hooks');

    for (const [path, fields] of [
      ['/webhooks/new', { url: 'http://127.0.0.1:9/y' }],
      [`/webhooks/${id}/edit`, {}],
      [`/webhooks/${id}/replay`, { since: '2020-01-01T00:00' }],
    ] as const) {
      const refused = await (await limited.open(path)).press('submit', { ...fields, reason });
      assert.equal(refused.status, 403, path);
    }
  });

  it('lets an auditor see webhooks and deliveries, without buttons', async () => {
    const auditor = await signInToPanel(app(), 'auditor');
    const url = 'http://127.0.0.1:9/z';
    const { id } = await app().services.webhookService.create({ ...usual, url }, by);

    for (const path of ['/webhooks', `/webhooks/${id}`]) {
      const page = await auditor.open(path);
      assert.equal(page.status, 200);
      assert.equal(/id="(?:act-|new-)/.test(page.html), false, path);
    }
    assert.equal((await auditor.open(`/webhooks/${id}/test`)).status, 403);
  });
});
