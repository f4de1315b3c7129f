// The names of objects in the audit log of the panel, and who may see them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { signInLimited, signInToPanel } from '#test/support/steps/panel.ts';
import { seedAuthorization } from '#test/support/steps/panel-authorization.ts';

const settings = { OUTBOUND_ALLOW: '127.0.0.0/8' };
const issuer = 'https://login.partner.example';

async function addProvider({ services }: TestApp): Promise<void> {
  await services.identityProviders.create(
    {
      entry: { id: 'partner', name: 'Partner login', issuer, client_id: 'ostiary' },
      secret: { client_secret: 'a-secret-of-the-partner' },
      enabled: true,
    },
    commandLine.actor,
  );
}

async function addResource({ services }: TestApp): Promise<void> {
  const resource = { audience: 'https://orders.example', scopes: ['orders:read'] };
  await services.resourceAdministration.create(
    { ...resource, accessTokenFormat: 'opaque', accessTokenSeconds: undefined },
    commandLine.actor,
  );
}

/** The links of the column "About". */
function linksIn(html: string): readonly (readonly [href: string, text: string])[] {
  const cells = html.split('<td data-label="About"').slice(1);
  return cells.flatMap((cell) =>
    [...cell.slice(0, cell.indexOf('</td>')).matchAll(/href="([^"]+)"><bdi>(.*?)<\/bdi>/g)].map(
      ([, href = '', text = '']) => [href, text.replaceAll(/<[^>]+>/g, '')] as const,
    ),
  );
}

describeApp('what an event of the audit log is about', { settings }, (app) => {
  it('is named, and linked to its page', async () => {
    const { id } = await app().createUser();
    const { role, paths } = await seedAuthorization(app(), id, 'named');
    await addProvider(app());
    await addResource(app());
    const admin = await signInToPanel(app());
    const about = async (event: string) =>
      linksIn((await admin.open(`/audit?event=${event}`)).html);
    const pathOf = (start: string) => `/auth/admin${paths.find((path) => path.startsWith(start))}`;

    const group = [pathOf('/groups/'), 'Support named'];
    assert.deepEqual(await about('group.created'), [group]);
    assert.deepEqual(await about('group.role_added'), [group, [`/auth/admin/roles/${role}`, role]]);
    const organization = [pathOf('/organizations/'), 'ACME named'];
    assert.deepEqual(await about('organization.created'), [organization]);
    const webhook = paths.find((path) => /^\/webhooks\/[0-9a-f-]{36}$/.test(path));
    assert.deepEqual(await about('webhook.created'), [[`/auth/admin${webhook}`, 'The CRM']]);
    const provider = ['/auth/admin/providers/partner', 'Partner login'];
    assert.deepEqual(await about('provider.created'), [provider]);
    const [[address, audience] = ['', '']] = await about('resource.created');
    assert.equal(audience, 'https://orders.example');
    assert.equal(address, '/auth/admin/resources?all=https%3A%2F%2Forders.example');
  });

  it('is shown by the start of its id, without a link, after it was deleted', async () => {
    const { groupService } = app().services;
    const group = await groupService.create({ name: 'Short-lived' }, commandLine);
    await groupService.remove(group.id, commandLine);
    const admin = await signInToPanel(app());

    const page = await admin.open('/audit?event=group.deleted');

    assert.match(page.text, new RegExp(`group ${group.id.slice(0, 8)}`));
    assert.equal(page.html.includes(`/groups/${group.id}`), false);
  });

  it('is not named to an administrator who may not see such objects', async () => {
    await app().services.groupService.create({ name: 'Secret project' }, commandLine);
    const reviewer = await signInLimited(app(), 'log-reader', ['audit:read']);

    const page = await reviewer.open('/audit?event=group.created');

    assert.match(page.text, /group [0-9a-f]{8}/);
    assert.deepEqual(linksIn(page.html), []);
  });

  it('needs one query per kind of object, however many events are shown', async (t) => {
    const { groupService, db } = app().services;
    for (const name of ['One', 'Two', 'Three', 'Four']) {
      await groupService.create({ name }, commandLine);
    }
    const admin = await signInToPanel(app());
    const queries: string[] = [];
    const note = ({ sql }: { sql: string }) => queries.push(sql);
    db.knex.on('query', note);
    t.after(() => db.knex.off('query', note));

    const { html } = await admin.open('/audit?event=group.created');

    assert.ok(linksIn(html).length >= 4);
    assert.equal(queries.filter((sql) => sql.includes('"user_groups"')).length, 1);
    assert.equal(queries.filter((sql) => sql.includes('"organizations"')).length, 0);
  });
});
