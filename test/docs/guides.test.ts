// Every command of the guides registers a client as printed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openBackend } from '#test/support/cli/backends.ts';
import { closeInReverse, type Shell } from '#test/support/cli/shell.ts';

const guides = join(import.meta.dirname, '../../docs/guides');

/** The registration commands, as arguments and standard input. */
const commands = ['frameworks.md', 'applications.md'].flatMap((name) => {
  const page = readFileSync(join(guides, name), 'utf8');
  return [
    ...page.matchAll(
      /^npx ostiary (client create .*?)(?: - <<(?:< '(.*)'|'JSON'\n([^]*?)^JSON))?$/gm,
    ),
  ];
});

describe('docs/guides', () => {
  const closing = closeInReverse({ after });
  let opened: Shell | undefined;
  before(async () => {
    opened = await openBackend(closing, 'embedded in a running server');
  });

  it('has a command for each of the 14 frameworks and applications', () => {
    assert.equal(commands.length, 14);
  });

  for (const [, line = '', short, long] of commands) {
    it(`registers a client with: ${line}`, async () => {
      const metadata = short ?? long;
      const words = [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
      const args = [...words, ...(metadata === undefined ? [] : ['-']), '--json'];

      const ran = await opened?.done(args, metadata);

      assert.equal(typeof ran?.json()['client_id'], 'string');
    });
  }
});
