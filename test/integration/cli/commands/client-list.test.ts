// client list: pages and search.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';

describeApp('client list', {}, (app) => {
  it('prints clients page by page, including blocked ones', async () => {
    const { done } = createCommandRunner(app().services);
    for (const id of ['list-1', 'list-2', 'list-3']) await app().createClient({ client_id: id });
    await done(['client', 'block', 'list-2', '--json']);

    const text = await done(['client', 'list', '--after', 'list-0', '--limit', '2']);
    const rest = await done(['client', 'list', '--after', 'list-2', '--limit', '1', '--json']);

    assert.match(text.out, /^ID .*\nlist-1 +Tasks +active .*\nlist-2 +Tasks +blocked /);
    assert.match(text.out, /There are more: add --after list-2/);
    assert.match(rest.out, /^\[\{"client_id":"list-3"/);
  });

  it('finds clients by a part of the name, by profile and by state', async () => {
    const { run, done } = createCommandRunner(app().services);
    await app().createClient({ client_id: 'find-1', client_name: 'Team calendar' });
    await app().createClient({ client_id: 'find-2', client_name: 'Old Calendar' });
    await app().createClient({ client_id: 'find-3', client_name: 'Wiki', profile: 'spa' });
    await done(['client', 'block', 'find-2', '--json']);
    const found = async (...options: readonly string[]) => {
      const { out } = await done(['client', 'list', ...options, '--json']);
      return (JSON.parse(out) as { client_id: string }[]).map(({ client_id: id }) => id);
    };

    assert.deepEqual(await found('--search', 'CALENDAR'), ['find-1', 'find-2']);
    assert.deepEqual(await found('--search', 'calendar', '--blocked'), ['find-2']);
    assert.deepEqual(await found('--profile', 'spa'), ['find-3']);
    assert.match((await done(['client', 'list', '--search', 'nothing'])).out, /^No such clients/);
    assert.equal((await run(['client', 'list', '--profile', 'unknown'])).exitCode, 2);
  });
});
