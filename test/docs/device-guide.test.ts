// The commands of docs/guides/device.md, as printed, with a user who enters the code.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openBoth } from '#test/support/cli/server-and-cli.ts';
import { closeInReverse } from '#test/support/cli/shell.ts';
import { openDesk, readSection } from '#test/support/docs/printed-commands.ts';
import { approveDevice } from '#test/support/steps/device-flow.ts';

describe('docs/guides/device.md', () => {
  const closing = closeInReverse({ after });
  let opened: Awaited<ReturnType<typeof openBoth>> | undefined;
  before(async () => {
    opened = await openBoth(closing);
  });

  it('signs a device in with the printed commands', async (t) => {
    assert.ok(opened);
    const { app, settings } = opened;
    const places = { 'https://id.example.com': app.issuer };
    const desk = await openDesk(t, { settings, places });
    const blocks = await readSection('docs/guides/device.md', 'Try it');
    const [, start, poll] = blocks.filter(({ language }) => language === 'sh');
    assert.ok(start && poll);
    await desk.register(blocks);
    await desk.run(start.code);
    const started: unknown = JSON.parse(
      await readFile(join(desk.directory, 'started.json'), 'utf8'),
    );
    const { user_code: code } = Object(started);

    const person = await app.createUser();
    await approveDevice(app.browser(), app.issuer, { code, person });

    const tokens: unknown = JSON.parse(await desk.run(poll.code));
    assert.equal(typeof Object(tokens).access_token, 'string');
    assert.equal(Object(tokens).scope, 'openid profile');
  });
});
