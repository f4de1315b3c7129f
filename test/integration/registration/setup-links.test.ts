// A setup link makes the person who opens it an administrator, and it is printed to a log. It must not stay valid for
// longer than the installation takes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { holdClock } from '#test/support/clock.ts';

const day = 24 * 60 * 60;

async function newLink(app: TestApp): Promise<string> {
  return (await app.services.setup.issueLink()) ?? '';
}

describeApp('a setup link', {}, (app) => {
  const open = (link: string) => app().browser().open(link);

  it('is valid for 24 hours, and then says how to get another', async (t) => {
    const clock = holdClock(t);
    const [link, sameDay] = [await newLink(app()), await newLink(app())];
    clock.advance(day - 60);
    const form = await open(sameDay);
    clock.advance(60);

    const page = await open(link);
    const late = await form.press('register', {
      name: 'Ada',
      email: 'ada@example.com',
      password: 'words in an odd order here',
    });

    assert.equal(form.status, 200);
    for (const refused of [page, late]) {
      assert.equal(refused.status, 400);
      assert.match(refused.text, /expired[\s\S]*ostiary setup-link/);
    }
    assert.equal(await app().services.roles.countOf('admin'), 0);
    assert.equal((await open(await newLink(app()))).status, 200);
  });

  const ways: Readonly<Record<string, readonly (readonly string[])[]>> = {
    'a role': [['user', 'set-admin', 'USER']],
    'group membership': [
      ['group', 'create', 'owners'],
      ['group', 'add-role', 'owners', '--role', 'admin'],
      ['group', 'add-member', 'owners', '--user', 'USER'],
    ],
    'the role of a group': [
      ['group', 'create', 'staff'],
      ['group', 'add-member', 'staff', '--user', 'USER'],
      ['group', 'add-role', 'staff', '--role', 'admin'],
    ],
  };
  for (const [way, commands] of Object.entries(ways)) {
    it(`is not valid again after an administrator by ${way} has left`, async () => {
      const { done } = createCommandRunner(app().services);
      const { id } = await app().createUser();
      const link = await newLink(app());
      for (const command of commands) {
        await done(command.map((word) => (word === 'USER' ? id : word)));
      }
      assert.equal(await app().services.roles.countOf('admin'), 1);
      await done(['user', 'delete', id, '--yes']);
      assert.equal(await app().services.roles.countOf('admin'), 0);

      const page = await open(link);

      assert.equal(page.status, 400);
      assert.equal((await open(await newLink(app()))).status, 200);
    });
  }
});
