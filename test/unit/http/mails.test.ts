// Every declared mail has a renderer and a row in docs/mail.md, and vice versa.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { mails } from '#server/modules.ts';
import { sources } from '#test/architecture/sources.ts';

const root = join(import.meta.dirname, '../../..');
const declarations = sources
  .map(({ path }) => path)
  .filter((path) => /^src\/.*-mail-templates\.ts$/.test(path));

async function readTemplates(path: string): Promise<readonly string[]> {
  const exported: unknown = await import(join(root, path));
  return Object.values(Object(exported)).flatMap((each) =>
    typeof each === 'function' && 'template' in each ? [String(each.template)] : [],
  );
}

const declared = (await Promise.all(declarations.map(readTemplates))).flat().toSorted();

/** The names in the first column of the table of mails. */
function readDocumented(): readonly string[] {
  const text = readFileSync(join(root, 'docs/mail.md'), 'utf8');
  const [, table = ''] = /^\| mail .*\n((?:\|.*\n)+)/m.exec(text) ?? [];
  return [...table.matchAll(/^\| ([^|]*)\|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`(\w+)`/g)].map(([, name = '']) => name),
  );
}

describe('the mails', () => {
  it('have unique names', () => {
    assert.deepEqual([...new Set(declared)], declared);
    assert.ok(declared.length > 20);
  });

  it('each have one renderer, and every renderer has a declared mail', () => {
    assert.deepEqual(mails.map(({ template }) => template).toSorted(), declared);
  });

  it('are declared in files named x-mail-templates.ts only', () => {
    const others = sources
      .filter(({ path }) => path.startsWith('src/') && !declarations.includes(path))
      .filter(({ path }) => /\bdefineMail\b.*\(/.test(readFileSync(join(root, path), 'utf8')));

    assert.deepEqual(
      others.map(({ path }) => path),
      ['src/core/outbox/mail/mail.ts'],
    );
  });

  it('are listed in docs/mail.md', () => {
    assert.deepEqual(readDocumented().toSorted(), declared);
  });
});
