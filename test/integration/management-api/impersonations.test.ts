// Impersonations by the management API: they are listed and ended there, and never started.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { describeApp } from '#test/support/app.ts';
import { anImpersonation, impersonating } from '#test/support/steps/impersonation.ts';

const options = { arrangement: 'embedded, memory', settings: impersonating } as const;

describeApp('impersonations of the management API', options, (app) => {
  it('are listed with administrator, user and reason, and ended once', async () => {
    const { admin, user, browser, impersonation } = await anImpersonation(app());
    const api = await createApiClient(app());
    const path = `impersonations/${impersonation.id}`;

    const [listed] = itemsOf(await api.get('impersonations'));
    const ended = await api.delete(path);
    const again = await api.delete(path);

    assert.deepEqual(
      [listed?.['administrator_email'], listed?.['user_id'], listed?.['reason']],
      [admin.email, user.id, 'Case 4711'],
    );
    assert.deepEqual([ended.status, ended.body['ended'], again.status], [200, true, 404]);
    assert.deepEqual(itemsOf(await api.get('impersonations')), []);
    const page = await browser.open('/auth/account');
    assert.equal(page.url.pathname, '/auth/impersonation/ended');
  });

  it('are marked in the lists of sessions, also on the command line', async () => {
    const { admin, user } = await anImpersonation(app());
    const api = await createApiClient(app());
    const { done } = createCommandRunner(app().services);

    const own = itemsOf(await api.get(`users/${admin.id}/sessions`));
    const acted = itemsOf(await api.get('sessions', { user_id: user.id }));
    const printed = await done(['session', 'list', '--user', user.id]);
    const usual = await done(['session', 'list', '--user', admin.id]);

    assert.deepEqual(
      [...own, ...acted].map(({ impersonator }) => impersonator),
      [...own.map(() => null), admin.id],
    );
    assert.match(printed.out, new RegExp(`APPS +IMPERSONATOR\\n.* ${admin.id}\\n$`));
    assert.doesNotMatch(usual.out, /IMPERSONATOR/);
  });

  it('cannot be started there', async () => {
    const api = await createApiClient(app());
    const user = await app().createUser();

    const answer = await api.post('impersonations', { user_id: user.id, reason: 'a test' });

    assert.ok([404, 405].includes(answer.status), answer.text);
  });
});
