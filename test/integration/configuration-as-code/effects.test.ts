// Revocations caused by a file: the plan counts them, and writes nothing.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createDataContext } from '#cli/data-context.ts';
import { parseConfiguration } from '#features/configuration-as-code/document/parse-document.ts';
import { kinds } from '#features/configuration-as-code/kinds/kinds.service.ts';
import { describeApp } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';

describeApp('the deletion of a client by a file', {}, (app) => {
  it('is planned with what it revokes, and revokes it when the file is applied', async () => {
    const { services } = app();
    const { configuration } = createDataContext(services);
    const rp = await app().relyingParty();
    const { refreshToken } = await rp.login(await app().createUser(), offline);
    const sections = parseConfiguration('version: 1\nclients: {}', kinds);
    const isOurs = ({ key }: { readonly key: string }) => key === rp.app.clientId;

    const plan = await configuration.apply({ sections }, { isPlan: true, prunes: true });
    const between = await rp.tryRefresh(refreshToken);
    const applied = await configuration.apply({ sections }, { isPlan: false, prunes: true });
    const later = await rp.tryRefresh(refreshToken);

    const counts = [
      { name: 'grants', count: 1 },
      { name: 'refresh_families', count: 1 },
    ];
    assert.deepEqual(plan.changes.find(isOurs)?.effects, counts);
    assert.deepEqual(applied.changes.find(isOurs)?.effects, counts);
    assert.equal(between.status, 200);
    assert.ok(later.status === 400 || later.status === 401, 'on this node at once');
    const receipt = applied.changes.find(isOurs)?.receipt;
    const found = await services.db.knex('audit_events').where({ id: receipt ?? null });
    assert.equal(found[0]?.event, 'client.deleted');
    assert.deepEqual(found[0]?.actor?.kind ?? found[0]?.actor_kind, 'operator');
  });
});
