// Declarations of custom attribute namespaces, and the error messages for invalid ones.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';
import { loadCustomAttributes } from '#features/custom-attributes/schema/registry.service.ts';

const text = { type: 'string' };
const good = {
  namespace: 'shipping',
  title: 'Shipping',
  schema: { type: 'object', properties: { name: text } },
};

async function faultsOf(...declared: readonly unknown[]): Promise<readonly string[]> {
  try {
    await loadCustomAttributes(declared);
    return [];
  } catch (error) {
    assert.ok(error instanceof Error);
    return error.message.split('\n').slice(1);
  }
}

const cases: readonly (readonly [what: string, declared: object, says: RegExp])[] = [
  ['a namespace with invalid characters', { namespace: 'Über' }, /entry 1 must have a namespace/],
  ['an unknown member', { persons: 'read' }, /unknown member "persons"/],
  ['no title', { title: '' }, /must have a title/],
  ['a title in an unsupported language', { title: { xx: 'a' } }, /must have a title/],
  ['a schema of another type', { schema: { type: 'array' } }, /schema of the type object/],
  ['an unknown keyword', { schema: { type: 'object', propertys: {} } }, /unknown keyword/],
  [
    'an unknown format',
    { schema: { type: 'object', properties: { a: { type: 'string', format: 'nothing' } } } },
    /unknown format/,
  ],
  [
    'an invalid pattern',
    { schema: { type: 'object', properties: { a: { type: 'string', pattern: '(' } } } },
    /pattern that cannot be used, "\(": .*Unterminated group/,
  ],
  [
    'a pattern with a lookahead',
    { schema: { type: 'object', properties: { a: { type: 'string', pattern: '^(?=.*a)b' } } } },
    /pattern that cannot be used, "\^\(\?=\.\*a\)b": lookahead and lookbehind are not supported/,
  ],
  [
    'a backreference in the pattern of a name',
    { schema: { type: 'object', patternProperties: { '^(a)\\1$': { type: 'string' } } } },
    /pattern that cannot be used, .*: backreferences are not supported/,
  ],
  [
    'a namespace named like a member of Object.prototype',
    { namespace: 'constructor' },
    /another namespace/,
  ],
  [
    'a claim named like a member of Object.prototype',
    { apps: { scope: 's', claims: { toString: '/name' } } },
    /claim toString: it is reserved/,
  ],
  [
    'a reference to another document',
    { schema: { type: 'object', properties: { a: { $ref: 'https://example.com/a.json' } } } },
    /can't resolve reference/,
  ],
  ['an invalid value of person', { person: 'maybe' }, /none, read or write/],
  [
    'a schema that cannot be rendered as a form',
    {
      person: 'write',
      schema: { type: 'object', properties: { a: { oneOf: [text] }, b: { type: 'null' } } },
    },
    /cannot be shown as a form at "\/a"/,
  ],
  [
    'a property name that a form cannot have',
    { person: 'write', schema: { type: 'object', properties: { 'a b': text } } },
    /its name must be letters/,
  ],
  [
    'a name that every object has',
    { person: 'write', schema: { type: 'object', properties: { toString: text } } },
    /at "\/toString": its name/,
  ],
  ['a standard claim', { apps: { scope: 's', claims: { email: '/name' } } }, /claim email/],
  ['a claim of tokens', { apps: { scope: 's', claims: { exp: '/name' } } }, /claim exp/],
  ['a standard scope', { apps: { scope: 'profile', claims: { a: '/name' } } }, /scope profile/],
  [
    'a scope of the management API',
    { apps: { scope: 'users:read', claims: { a: '/name' } } },
    /scope users:read/,
  ],
  ['no claim', { apps: { scope: 's', claims: {} } }, /one claim at least/],
  ['an invalid JSON pointer', { apps: { scope: 's', claims: { a: 'name' } } }, /JSON pointer/],
  ['callers that are none', { api: { read: 'all' } }, /"\*" or a list of client ids/],
  ['an unknown member of api', { api: { delete: '*' } }, /read and write in api/],
];

describe('namespace declaration', () => {
  it('is valid with the minimum and with every member', async () => {
    const all = {
      ...good,
      namespace: 'all',
      title: { en: 'All', ar: 'الكل' },
      person: 'read',
      apps: { scope: 'all', claims: { all: '', 'https://example.com/name': '/name' } },
      api: { read: '*', write: ['one', 'two'] },
    };
    assert.deepEqual(await faultsOf(good, all), []);
    assert.deepEqual(await faultsOf(), []);
  });

  for (const [what, declared, says] of cases) {
    it(`is refused with ${what}`, async () => {
      const faults = await faultsOf({ ...good, ...declared });
      assert.match(faults.join('\n'), says);
    });
  }

  it('is refused with the errors of all namespaces at once', async () => {
    const apps = { scope: 'one', claims: { a: '' } };
    const faults = await faultsOf(
      { ...good, apps },
      { ...good, apps },
      7,
      { ...good, namespace: 'b', title: 1, api: 1, schema: { type: 'object', b: 1 } },
      { ...good, namespace: 'c', schema: { type: 'object', minimum: 'x' } },
    );
    const all = faults.join('\n');
    for (const says of [
      /the namespace "shipping" is declared twice/,
      /the scope "one" is declared twice/,
      /the claim "a" is declared twice/,
      /entry 3 must be an object/,
      /"b" must have a title/,
      /"b" has a schema that is none/,
      /"b" must have read and write in api/,
      /"c" has a schema that is none/,
    ]) {
      assert.match(all, says);
    }
  });

  it('cannot map a claim to a value that the schema excludes', async () => {
    const schema = { ...good.schema, additionalProperties: false };
    const apps = { scope: 's', claims: { a: '/other' } };
    assert.match(
      (await faultsOf({ ...good, schema, apps })).join('\n'),
      /no place for the claim a/,
    );
  });
});

describe('SUPPLEMENTS', () => {
  it('must be a JSON array', () => {
    for (const faulty of ['{', '{}', '"a"', '1']) {
      assert.throws(() => readConfig({ SUPPLEMENTS: faulty }), /SUPPLEMENTS must be/);
    }
    assert.deepEqual(readConfig({ SUPPLEMENTS: '[]' }).supplements, []);
    assert.deepEqual(readConfig({}).supplements, []);
  });
});
