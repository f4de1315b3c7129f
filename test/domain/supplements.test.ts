// What an operator may declare of a namespace, and what is said when it is not right.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readConfig } from '#config/config.ts';
import { loadSupplements } from '#features/custom-attributes/schema/registry.service.ts';

const text = { type: 'string' };
const good = {
  namespace: 'shipping',
  title: 'Shipping',
  schema: { type: 'object', properties: { name: text } },
};

async function faultsOf(...declared: readonly unknown[]): Promise<readonly string[]> {
  try {
    await loadSupplements(declared);
    return [];
  } catch (error) {
    assert.ok(error instanceof Error);
    return error.message.split('\n').slice(1);
  }
}

const cases: readonly (readonly [what: string, declared: object, says: RegExp])[] = [
  ['a namespace of other letters', { namespace: 'Über' }, /entry 1 must have a namespace/],
  ['an unknown member', { persons: 'read' }, /unknown member "persons"/],
  ['no title', { title: '' }, /must have a title/],
  ['a title in a language that nobody speaks', { title: { xx: 'a' } }, /must have a title/],
  ['a schema of another type', { schema: { type: 'array' } }, /schema of the type object/],
  ['a keyword that is none', { schema: { type: 'object', propertys: {} } }, /unknown keyword/],
  [
    'a format that is none',
    { schema: { type: 'object', properties: { a: { type: 'string', format: 'nothing' } } } },
    /unknown format/,
  ],
  [
    'a pattern that is none',
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
  ['a namespace that every object has', { namespace: 'constructor' }, /another namespace/],
  [
    'a claim that every object has',
    { apps: { scope: 's', claims: { toString: '/name' } } },
    /claim toString: it is reserved/,
  ],
  [
    'a reference to another place',
    { schema: { type: 'object', properties: { a: { $ref: 'https://example.com/a.json' } } } },
    /can't resolve reference/,
  ],
  ['another person', { person: 'maybe' }, /none, read or write/],
  [
    'a form that can not be shown',
    {
      person: 'write',
      schema: { type: 'object', properties: { a: { oneOf: [text] }, b: { type: 'null' } } },
    },
    /can not be shown as a form at "\/a"/,
  ],
  [
    'a name that no form has',
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
  ['a place that is none', { apps: { scope: 's', claims: { a: 'name' } } }, /JSON pointer/],
  ['callers that are none', { api: { read: 'all' } }, /"\*" or a list of client ids/],
  ['a member of api that is none', { api: { delete: '*' } }, /read and write in api/],
];

describe('the declaration of a namespace', () => {
  it('is right with the least, and with everything', async () => {
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

  it('is refused with all faults of all namespaces at once', async () => {
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

  it('has no place for a claim that the schema shuts out', async () => {
    const schema = { ...good.schema, additionalProperties: false };
    const apps = { scope: 's', claims: { a: '/other' } };
    assert.match(
      (await faultsOf({ ...good, schema, apps })).join('\n'),
      /no place for the claim a/,
    );
  });
});

describe('the setting SUPPLEMENTS', () => {
  it('must be a JSON list', () => {
    for (const faulty of ['{', '{}', '"a"', '1']) {
      assert.throws(() => readConfig({ SUPPLEMENTS: faulty }), /SUPPLEMENTS must be/);
    }
    assert.deepEqual(readConfig({ SUPPLEMENTS: '[]' }).supplements, []);
    assert.deepEqual(readConfig({}).supplements, []);
  });
});
