// Acts that wait for a second administrator on the command line and in the panel.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { signInToPanel } from '#test/support/steps/panel.ts';

const settings = { APPROVAL_REQUIRED: 'users.delete,roles.grant-admin' };

describeApp('an act that needs approval', { settings }, (app) => {
  it('cannot be avoided by a group with the role', async () => {
    const { run, done } = createCommandRunner(app().services);
    await done(['group', 'create', 'Chiefs']);

    const added = await run(['group', 'add-role', 'Chiefs', '--role', 'admin']);

    assert.match(added.err, /needs an approval/);
  });

  it('waits on the command line too, unless the operator bypasses the approval', async () => {
    const { services } = app();
    const { done, run } = createCommandRunner(services);
    const [first, second] = [await app().createUser(), await app().createUser()];

    const waits = await done(['user', 'delete', first.id, '--yes', '--json']);
    const { id } = Object(waits.json());
    const own = await run(['approvals', 'approve', id]);
    const rejected = await done(['approvals', 'reject', id, '--json']);
    const emergency = await done(['user', 'delete', second.id, '--yes', '--without-approval']);

    assert.match(own.err, /requested this yourself/);
    assert.equal(rejected.json()['state'], 'rejected');
    assert.match(emergency.out, /Account deleted/);
    assert.ok(await services.users.findById(first.id));
    assert.equal(await services.users.findById(second.id), undefined);
    const query = services.db.knex('audit_events').where({ event: 'approval.bypassed' });
    assert.deepEqual(await query.pluck('actor_kind'), ['operator']);
  });

  it('shows the approver the reason that the command gave', async () => {
    const { services } = app();
    const { done, run } = createCommandRunner(services);
    const target = await app().createUser();
    const reason = ['--reason', 'left the company', '--json'];

    const deletion = await done(['user', 'delete', target.id, '--yes', ...reason]);
    const role = await done(['user', 'add-role', target.id, '--role', 'admin', ...reason]);
    const empty = await run(['user', 'delete', target.id, '--yes', '--reason', ' ']);
    await done(['user', 'delete', target.id, '--yes', '--without-approval', ...reason]);

    for (const { json } of [deletion, role]) {
      const { id } = Object(json());
      assert.equal((await services.approvals.find(id)).reason, 'left the company');
      await done(['approvals', 'reject', id]);
    }
    assert.match(empty.err, /--reason must be 1 to 500 characters/);
    const rows: { details: unknown; request_id: string | null }[] = await services.db
      .knex('audit_events')
      .where({ event: 'account.deleted', user_id: target.id })
      .select('details', 'request_id');
    assert.equal(Object(rows[0]?.details).reason, 'left the company');
    assert.equal(rows[0]?.request_id, null);
  });

  it('waits in the panel, where another administrator approves it', async () => {
    const { services } = app();
    const target = await app().createUser();
    const [ann, bob] = [await signInToPanel(app()), await signInToPanel(app())];

    const form = await ann.open(`/users/${target.id}/delete`);
    const waits = await form.press('submit', { email: target.email, reason: 'left the company' });
    const own = await ann.open('/approvals');
    const list = await bob.open('/approvals');
    const [approval] = (await services.approvals.list('pending', firstPage)).items;
    const page = await bob.open(`/approvals/${approval?.id}/approve`);
    const done = await page.press('submit', {});

    assert.match(form.text, /permanently deleted once another administrator approves it/);
    assert.match(waits.html, /Waiting for a second administrator/);
    assert.match(own.html, /Withdraw/);
    assert.doesNotMatch(own.html, /\/approve"/);
    assert.match(list.html, /Approvals \(1\)/);
    assert.match(list.html, /left the company/);
    assert.match(done.html, /It is approved and done/);
    assert.equal(await services.users.findById(target.id), undefined);
  });
});

describeApp('the panel without APPROVAL_REQUIRED', {}, (app) => {
  it('does not offer approvals', async () => {
    const { page } = await signInToPanel(app());

    assert.doesNotMatch(page.html, /Approvals/);
  });
});

const firstPage = { after: undefined, limit: 10 };
