// The output of each command as text and as JSON. A command without an example fails the first test.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { brandingExamples } from '#test/support/cli/examples/branding-examples.ts';
import { clientExamples } from '#test/support/cli/examples/client-examples.ts';
import { shapeOf, type Example } from '#test/support/cli/examples/example.ts';
import { approvalExamples } from '#test/support/cli/examples/approval-examples.ts';
import { accessExamples } from '#test/support/cli/examples/access-examples.ts';
import { dataExamples } from '#test/support/cli/examples/data-examples.ts';
import { configurationExamples } from '#test/support/cli/examples/configuration-examples.ts';
import { groupExamples, organizationExamples } from '#test/support/cli/examples/group-examples.ts';
import { loggingExamples } from '#test/support/cli/examples/logging-examples.ts';
import { impersonationExamples } from '#test/support/cli/examples/impersonation-examples.ts';
import { backchannelExamples } from '#test/support/cli/examples/backchannel-examples.ts';
import { keyExamples } from '#test/support/cli/examples/key-examples.ts';
import { operationExamples } from '#test/support/cli/examples/operation-examples.ts';
import { roleExamples } from '#test/support/cli/examples/role-examples.ts';
import { userExamples } from '#test/support/cli/examples/user-examples.ts';
import { providerExamples } from '#test/support/cli/examples/provider-examples.ts';
import { signalExamples } from '#test/support/cli/examples/signal-examples.ts';
import { webhookExamples } from '#test/support/cli/examples/webhook-examples.ts';
import { allCommands, createCommandRunner } from '#test/support/cli/in-process.ts';
import { clientRegistrationExamples } from '#test/support/cli/examples/client-registration-examples.ts';
import { closeInReverse } from '#test/support/cli/shell.ts';
import { declared } from '#test/support/data/custom-attributes.ts';
import { impersonating } from '#test/support/steps/impersonation.ts';
import { startMailServer } from '#test/support/services/mail-server.ts';

const examples = {
  ...operationExamples,
  ...keyExamples,
  ...userExamples,
  ...clientExamples,
  ...webhookExamples,
  ...clientRegistrationExamples,
  ...signalExamples,
  ...providerExamples,
  ...approvalExamples,
  ...brandingExamples,
  ...loggingExamples,
  ...impersonationExamples,
  ...roleExamples,
  ...accessExamples,
  ...dataExamples,
  ...groupExamples,
  ...organizationExamples,
  ...configurationExamples,
  ...backchannelExamples,
};

/** They need an embedded database; test/integration/cli/backup.test.ts runs them. */
const onEmbeddedOnly = ['backup', 'backup-part', 'restore'];

describe('the examples of commands', () => {
  it('cover every command that prints an answer', () => {
    const names = allCommands.flatMap(({ name, hasAnswer }) => (hasAnswer === false ? [] : [name]));

    const listed = [...Object.keys(examples), ...onEmbeddedOnly];
    assert.deepEqual(listed.toSorted(), names.toSorted());
  });

  it('lack only commands with streamed output, which have separate tests', () => {
    const names = allCommands.flatMap(({ name, hasAnswer }) => (hasAnswer === false ? [name] : []));

    // audit.test.ts and running-servers.test.ts
    assert.deepEqual(names.toSorted(), ['audit export', 'serve']);
  });
});

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8', ...declared, ...impersonating };

describeApp('the output of', { settings }, (app) => {
  const closing = closeInReverse({ after });
  let smtpUrl = '';
  before(async () => {
    smtpUrl = (await startMailServer(closing)).url;
  });
  const run = async (name: string, example: Example, ...options: readonly string[]) => {
    const { services } = app();
    const commands = createCommandRunner(services, { ...services.config, smtpUrl });
    const { args, stdin } = await example.prepare(app());
    const ran = await commands.run([...name.split(' '), ...args, ...options], stdin);
    assert.equal(ran.exitCode, example.exitCode ?? 0, ran.err);
    return ran;
  };

  for (const [name, example] of Object.entries(examples)) {
    it(`${name} as text and as JSON`, async () => {
      const text = await run(name, example);
      const json = await run(name, example, '--json');

      assert.match(text.out, example.text);
      assert.match(json.out, /^[^\n]+\n$/, 'one document on one line');
      const document: unknown = JSON.parse(json.out);
      if (typeof example.json === 'function') example.json(document);
      else assert.deepEqual(shapeOf(document), example.json);
      assert.deepEqual([text.err, json.err], ['', '']);
    });
  }
});

describeApp('what cannot be undone', {}, (app) => {
  const asking = allCommands.filter(({ options }) =>
    Object.values(options).some(({ asks }) => asks === 'confirmation'),
  );

  it('needs a confirmation', () => {
    assert.deepEqual(asking.map(({ name }) => name).toSorted(), [
      'branding reset',
      'client delete',
      'client revoke-grants',
      'client rotate-secret',
      'database restored',
      'group delete',
      'key retire',
      'organization delete',
      'provider delete',
      'resource delete',
      'role delete',
      'session revoke-all',
      'signal-stream delete',
      'user delete',
      'user remove-second-factor',
      'webhook delete',
    ]);
  });

  for (const { name } of asking) {
    it(`${name} changes nothing without --yes`, async () => {
      const { services } = app();
      const { run: command } = createCommandRunner(services);
      const prepared = await find(name).prepare(app());
      const args = prepared.args.filter((arg) => arg !== '--yes');
      const count = await countOfAuditEvents();

      const ran = await command([...name.split(' '), ...args, '--json']);

      assert.equal(ran.exitCode, 2);
      assert.match(ran.err, /^This cannot be undone\. Add --yes to confirm\./);
      assert.equal(ran.json()['error'], 'wrong_usage');
      assert.equal(await countOfAuditEvents(), count);
    });
  }

  async function countOfAuditEvents(): Promise<number> {
    return (await app().services.db.knex('audit_events').select('id')).length;
  }
});

function find(name: string): Example {
  const found = Object.entries(examples).find(([each]) => each === name);
  assert.ok(found, name);
  return found[1];
}
