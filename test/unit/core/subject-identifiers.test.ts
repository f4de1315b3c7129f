import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readSubjectNames } from '#core/users/subject-identifiers.ts';

describe('subject identifiers (RFC 9493)', () => {
  it('are accepted in the formats that can identify a user', () => {
    const names = [
      { format: 'iss_sub', iss: 'https://id.example', sub: 'x' },
      { format: 'opaque', id: 'x' },
      { format: 'email', email: 'ann@example.com' },
    ];

    for (const name of names) assert.deepEqual(readSubjectNames(name), [name]);
    assert.deepEqual(readSubjectNames({ format: 'aliases', identifiers: names }), names);
  });

  it('are rejected with the name of the invalid member', () => {
    const opaque = { format: 'opaque', id: 'x' };
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [[], /sub_id must be an object/],
      [{ format: 'uri', uri: 'x:y' }, /format must be one of iss_sub, opaque, email, aliases/],
      [{ format: 'hasOwnProperty' }, /format must be one of/],
      [{ format: 'iss_sub', iss: 'https://id.example' }, /sub must be a text/],
      [{ format: 'opaque', id: 'x'.repeat(3000) }, /id must be a text/],
      [{ ...opaque, sub: 'y' }, /does not define/],
      [{ format: 'aliases', identifiers: Array.from({ length: 9 }, () => opaque) }, /1 to 8/],
      [{ format: 'aliases', identifiers: [opaque], id: 'x' }, /does not define/],
      [{ format: 'aliases', identifiers: ['x'] }, /Each of identifiers must be an object/],
    ];

    for (const [value, expected] of wrong) {
      assert.throws(() => readSubjectNames(value), { code: 'invalid_input', message: expected });
    }
  });
});
