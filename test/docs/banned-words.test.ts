// Comments, messages, titles of tests, documents and the English texts avoid the words listed in
// banned-words.ts; docs/glossary.md has the terms to use instead.
import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { exceptions } from '#test/support/docs/banned-words-exceptions.ts';
import { avoided, findAll, findAvoided, type Finding } from '#test/support/docs/banned-words.ts';
import { readLocale, readMarkdown, readSource } from '#test/support/docs/prose.ts';

const findings = findAll();

function isCoveredBy({ path }: Finding): (exception: string) => boolean {
  return (exception) => path === exception || `${dirname(path)}/` === exception;
}

describe('the words of the project', () => {
  it('are the terms of the field, not those listed in banned-words.ts', () => {
    const wrong = findings
      .filter((finding) => !exceptions.some(isCoveredBy(finding)))
      .map(({ path, line, word }) => `${path}:${line}:${word}`);

    assert.deepEqual(
      wrong,
      [],
      `Write instead: ${avoided.map((each) => each.join(' -> ')).join('; ')}`,
    );
  });

  it('need no exception that is no longer used', () => {
    const unused = exceptions.filter(
      (exception) => !findings.some((finding) => isCoveredBy(finding)(exception)),
    );

    assert.deepEqual(unused, []);
  });
});

describe('findAvoided', () => {
  const wordsOf = (pieces: Parameters<typeof findAvoided>[1]) =>
    findAvoided('x', pieces).map(({ line, word }) => `${line} ${word}`);

  it('finds whole words in comments, strings and test titles, with their lines', () => {
    const source = [
      '// Whoever asks, the token can',
      '// not be used.',
      "const text = 'The link is no good.';",
      "it('tells nobody', () => {});",
    ].join('\n');

    assert.deepEqual(wordsOf(readSource(source)), [
      '1 whoever',
      '1 can not',
      '3 no good',
      '4 nobody',
    ]);
  });

  it('ignores identifiers, regular expressions, and parts of words', () => {
    const source = ['const standing = /nobody/;', '// outdoors, mail_proofs', 'door(1 / 2);'];

    assert.deepEqual(wordsOf(readSource(source.join('\n'))), []);
  });

  it('ignores code in documents and keys in locales', () => {
    const document = ['`somebody`', '```js', '// whoever', '```', 'a thief'].join('\n');

    assert.deepEqual(wordsOf(readMarkdown(document)), ['5 thief']);
    assert.deepEqual(wordsOf(readLocale('{\n  "door": "One door"\n}')), ['2 door']);
  });
});
