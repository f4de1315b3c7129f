// The commands and the program of docs/shared-signals.md work as printed.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openBoth } from '#test/support/cli/server-and-cli.ts';
import { openDesk, readSection } from '#test/support/docs/printed-commands.ts';

const document = 'docs/shared-signals.md';

it('docs/shared-signals.md registers a receiver, verifies its stream and manages it', async (t) => {
  const { app, settings } = await openBoth(t);
  const places = { 'https://id.example.com': app.issuer };
  const desk = await openDesk(t, { settings, places });
  const section = await readSection(document, 'A receiver in five minutes');
  await desk.register(section);
  await desk.writeFiles(section);
  const last = section.findLast(({ language }) => language === 'sh');

  const printed = await desk.run(last?.code ?? 'false');

  assert.match(printed, /^verification \{"format":"opaque",.*\} \{"state":"hello"\}$/m);
  const [, id = ''] = /^([\w-]{36}) +\S+ +enabled +poll +0$/m.exec(printed) ?? [];
  assert.notEqual(id, '', printed);
  const [commands] = await readSection(document, 'For operators');
  const managed = await desk.run((commands?.code ?? 'false').replaceAll(' ID', ` ${id}`));
  assert.match(managed, /held_by +operator/);
  assert.match(managed, /subject_format +email/);
  assert.match(managed, /The stream is deleted\./);
});
