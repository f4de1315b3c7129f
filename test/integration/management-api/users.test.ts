// Users in the management API: search, create, change, delete, and their credentials.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf, type ApiAnswer } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import { newestMail } from '#test/support/steps/mailbox.ts';

const tagOf = ({ headers }: ApiAnswer) => headers.get('etag') ?? '';

describeApp('users in the management API', {}, (app) => {
  it('creates a user, and shows it at the Location with the same ETag', async () => {
    const api = await createApiClient(app());

    const made = await api.post('users', {
      email: 'Ann.New@example.org',
      name: 'Ann New',
      claims: { given_name: 'Ann' },
      email_verified: true,
    });
    const location = made.headers.get('location') ?? '';
    const shown = await api.get(location.slice('/auth/api/v1/'.length));

    assert.equal(made.status, 201, made.text);
    assert.equal(location, `/auth/api/v1/users/${String(made.body['id'])}`);
    assert.deepEqual(shown.body, made.body);
    assert.equal(tagOf(shown), tagOf(made));
    assert.deepEqual(made.body['claims'], { name: 'Ann New', given_name: 'Ann' });
    assert.equal(made.body['email_verified'], true);
    const again = await api.post('users', { email: 'ANN.NEW@example.org' });
    assert.deepEqual([again.status, again.body['code']], [409, 'email_taken']);
  });

  it('refuses members that are not the caller’s to set', async () => {
    const api = await createApiClient(app());

    for (const member of ['id', 'roles', 'blocked_at', 'password', 'is_admin', 'created_at']) {
      const body = { email: `mass.${member}@example.org`, [member]: 'x' };
      const made = await api.post('users', body);
      assert.equal(made.status, 400, member);
    }
    const claims = { claims: { sub: 'x' }, email: 'mass.claim@example.org' };
    assert.equal((await api.post('users', claims)).status, 400);
  });

  it('changes a user only with the ETag of the present version', async () => {
    const api = await createApiClient(app());
    const { id, email } = await app().createUser({ claims: { name: 'Old', nickname: 'o' } });
    const path = `users/${id}`;
    const patch = (body: object, tag?: string) =>
      api.call('PATCH', path, { body, headers: tag === undefined ? {} : { 'if-match': tag } });
    const first = tagOf(await api.get(path));

    const bare = await patch({ name: 'New' });
    const changed = await patch({ name: 'New', claims: { nickname: null } }, first);
    const stale = await patch({ name: 'Newer' }, first);
    const weak = await patch({ name: 'Newer' }, `W/${tagOf(changed)}`);

    assert.deepEqual(
      [bare.status, changed.status, stale.status, weak.status],
      [428, 200, 412, 412],
    );
    assert.deepEqual(changed.body['claims'], { name: 'New' });
    assert.equal(tagOf(changed), tagOf(await api.get(path)));
    const moved = await patch({ email: `new.${email}` }, tagOf(changed));
    assert.deepEqual([moved.body['email'], moved.body['email_verified']], [`new.${email}`, false]);
    const listed = await patch({ email_verified: true }, `"x", ${tagOf(moved)}`);
    assert.equal(listed.body['email_verified'], true, listed.text);
    assert.equal((await patch({ email_verified: false }, tagOf(listed))).status, 400);
    assert.equal((await patch({ roles: ['admin'] }, '*')).status, 400);
  });

  it('lets exactly one of several concurrent changes of one version pass', async () => {
    const api = await createApiClient(app());
    const { id } = await app().createUser();
    const headers = { 'if-match': tagOf(await api.get(`users/${id}`)) };

    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) =>
        api.call('PATCH', `users/${id}`, { body: { name }, headers }),
      ),
    );

    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [200, 412, 412, 412]);
  });

  it('finds users by address, name, state and time, page by page', async () => {
    const api = await createApiClient(app());
    const people = ['Berg Lund', 'Lund Ann', 'Ann_%', 'Zoë Ångström'];
    const made = new Map<string, string>();
    for (const [number, name] of people.entries()) {
      const email = `find${number}_x@search.example`;
      made.set(name, String((await api.post('users', { email, name })).body['id']));
    }
    await app().block(made.get('Berg Lund') ?? '');
    const find = async (query: Readonly<Record<string, string>>) => {
      const found = await api.get('users', query);
      assert.equal(found.status, 200, found.text);
      return itemsOf(found).map(({ claims }) => Object(claims).name);
    };

    assert.deepEqual(await find({ email: 'FIND0_' }), ['Berg Lund']);
    assert.deepEqual(await find({ email: 'find0%' }), []);
    assert.deepEqual(await find({ name: 'lun' }), ['Lund Ann', 'Berg Lund']);
    assert.deepEqual(await find({ name: 'ann lund' }), ['Lund Ann']);
    assert.deepEqual(await find({ name: 'ångst' }), ['Zoë Ångström']);
    assert.deepEqual(await find({ name: "'&|!:*" }), []);
    assert.deepEqual(await find({ status: 'blocked', email: 'find' }), ['Berg Lund']);
    assert.equal((await find({ status: 'active', email: 'find' })).length, 3);
    assert.equal((await find({ status: 'unverified', email: 'find' })).length, 4);
    assert.deepEqual(await find({ created_to: '2001-01-01T00:00:00Z' }), []);
    assert.deepEqual(await find({ role: 'admin', email: 'find' }), []);

    const first = await api.get('users', { email: 'find', limit: '3' });
    const cursor = String(first.body['next_cursor']);
    const second = await api.get('users', { email: 'find', limit: '3', cursor });
    const ids = [...itemsOf(first), ...itemsOf(second)].map(({ id }) => id);
    assert.deepEqual(ids, [...made.values()].toReversed());
    assert.equal(second.body['next_cursor'], null);
    assert.equal((await api.get('users', { email: 'other', cursor })).status, 400);
  });

  it('deletes a user, and does not tell them that they requested it', async () => {
    const api = await createApiClient(app());
    const { id, email } = await app().createUser();

    const deleted = await api.delete(`users/${id}`);
    const { text } = await newestMail(app(), email);

    assert.deepEqual([deleted.status, deleted.body], [200, { id, deleted: true }]);
    assert.match(text, /^We deleted your account and its data\./);
    assert.equal((await api.get(`users/${id}`)).status, 404);
    assert.equal((await api.delete(`users/${id}`)).status, 404);
  });

  it('lists the credentials of a user without secrets, and removes one', async () => {
    const api = await createApiClient(app());
    const { id } = await app().createUser();
    const path = `users/${id}/credentials`;

    const before = await api.get(path);
    const removed = await api.delete(`${path}/password`);
    const again = await api.delete(`${path}/password`);

    assert.equal(typeof Object(before.body['password']).changed_at, 'string');
    assert.deepEqual([before.body['second_factor'], before.body['passkeys']], [null, []]);
    assert.deepEqual([removed.status, again.status], [200, 404]);
    assert.equal((await api.get(path)).body['password'], null);
    assert.equal((await api.delete(`${path}/second-factor`)).status, 404);
    assert.equal((await api.delete(`${path}/passkeys/${'a'.repeat(22)}`)).status, 404);
    const [event] = itemsOf(await api.get('audit', { event: 'password.removed', user_id: id }));
    assert.deepEqual(event?.['actor'], { kind: 'client', id: api.rp.app.clientId });
  });

  it('sends the recovery mail in the name of the caller', async () => {
    const api = await createApiClient(app());
    const { id } = await app().createUser();

    const sent = await api.post(`users/${id}/send-recovery-mail`);

    assert.deepEqual([sent.status, sent.body], [200, { sent: true }]);
    const [event] = itemsOf(await api.get('audit', { event: 'recovery.requested', user_id: id }));
    assert.deepEqual(event?.['actor'], { kind: 'client', id: api.rp.app.clientId });
  });
});
