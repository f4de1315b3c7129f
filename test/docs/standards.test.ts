// docs/standards.md: every statement about a standard names a test, and every named test exists.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');
const text = readFileSync(join(root, 'docs/standards.md'), 'utf8');

/** Cells of the rows of all tables, without their headings. */
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\| (?:standard\b|-)/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('docs/standards.md', () => {
  it('gives every row a section and a known status', () => {
    const faults = rows.filter(
      ([, section = '', status = '']) =>
        section === '' || !/^(?:yes|partly|per client|no)(?:$|[,:] )/.test(status),
    );

    assert.ok(rows.length > 40, `${rows.length} rows`);
    assert.deepEqual(faults, []);
  });

  it('names a test in every row, and each named file exists', () => {
    const named = rows.map(([, section, , tests = '']) => ({
      section,
      files: [...tests.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    }));

    assert.deepEqual(
      named.filter(({ files }) => files.length === 0),
      [],
    );
    const missing = named
      .flatMap(({ files }) => files)
      .filter((file) => !file.startsWith('test/') || !existsSync(join(root, file)));
    assert.deepEqual(missing, []);
  });
});
