import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseConfiguration } from '#features/configuration-as-code/document/parse-document.ts';
import { kinds } from '#features/configuration-as-code/kinds/kinds.service.ts';
import { AppError } from '#platform/errors.ts';

describe('a configuration file', () => {
  it('is read with the place and the secret reference of each object', () => {
    const text = [
      'version: 1',
      'clients:',
      '  shop:',
      '    redirect_uris: [https://shop.example]',
      '    client_secret: {env: SHOP, overlap_seconds: 60}',
      'roles:',
      '  shop:buyer:',
    ].join('\n');

    const sections = parseConfiguration(text, kinds);

    assert.deepEqual(sections, [
      {
        kind: 'clients',
        entries: [
          {
            key: 'shop',
            values: { redirect_uris: ['https://shop.example'] },
            place: 'line 3, column 3',
            secretReference: { env: 'SHOP', overlap_seconds: 60 },
          },
        ],
      },
      {
        kind: 'roles',
        entries: [
          { key: 'shop:buyer', values: {}, place: 'line 7, column 3', secretReference: undefined },
        ],
      },
    ]);
  });

  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['without a version', 'clients: {}', /^line 1, column 1: version must be 1/],
    ['of another version', 'version: 2', /^line 1, column 1: version must be 1/],
    ['that is empty', '', /The file must be a map/],
    [
      'with a misspelt section',
      'version: 1\nclient: {}',
      /^line 2, column 1: client is not a known section; did you mean clients\?$/,
    ],
    ['with an empty section', 'version: 1\nroles:', /^line 2, column 1: roles must be a map/],
    [
      'with an unknown member',
      'version: 1\ngroups:\n  Sales:\n    role: [a]',
      /^line 4, column 5: groups\.Sales\.role is not a known member$/,
    ],
    [
      'with a value of another type',
      'version: 1\nresources:\n  https://a.example:\n    scopes: [read]\n    access_token_format: none',
      /^line 5, column 5: resources\.https:\/\/a\.example\.access_token_format invalid option/,
    ],
    [
      'with an invalid item of a list',
      'version: 1\ngroups:\n  A:\n    roles:\n      - a\n      - 1',
      /^line 6, column 9: groups\.A\.roles\.1 invalid input/,
    ],
    ['with an invalid name', 'version: 1\nroles:\n  Editor: {}', /roles\.Editor must be up to 64/],
    ['with a built-in role', 'version: 1\nroles: {admin: {}}', /roles\.admin is built in/],
    ['with a built-in client', 'version: 1\nclients: {ostiary-panel: {}}', /is built in/],
    ['with a prototype name', 'version: 1\nclients: {__proto__: {}}', /must be a client_id/],
    [
      'with a key twice',
      'version: 1\nroles: {a: {}, a: {}}',
      /^line 2, column \d+: YAML: duplicate key/,
    ],
    ['with a syntax error', 'version: 1\nroles: {a: [}', /^line 2, column \d+: YAML: /],
    ['with two documents', 'version: 1\n---\nversion: 1', /YAML: multiple docs/],
    ['with an unknown tag', 'version: 1\nroles: !js {}', /^line 2, column \d+: YAML: tag/],
    [
      'with NUL',
      'version: 1\ngroups: {A: {description: "a\\0b"}}',
      /groups\.A\.description contains/,
    ],
    [
      'with half a surrogate',
      '{"version":1,"groups":{"A":{"description":"\\ud800"}}}',
      /cannot be stored/,
    ],
    [
      'with infinity',
      'version: 1\nclients: {a: {default_max_age: .inf}}',
      /must be a finite number/,
    ],
  ];
  for (const [what, text, message] of refused) {
    it(`is refused ${what}`, () => {
      assert.match(faultOf(text), message);
    });
  }

  it('is refused with all its faults', () => {
    const faults = faultOf('version: 1\nroles: {A: {}, B: {}}\ngroups: {C: {x: 1}}').split('\n');

    assert.equal(faults.length, 3);
  });

  it('is refused with a secret in it, without quoting the secret', () => {
    const fault = faultOf('version: 1\nclients:\n  a:\n    client_secret: correct-horse');

    assert.match(fault, /^line 4, column 5: clients\.a\.client_secret must be a reference/);
    assert.doesNotMatch(fault, /horse/);
  });

  it('is refused with a syntax error beside a secret, without quoting the secret', () => {
    const fault = faultOf('version: 1\nclients:\n  a:\n    client_secret: "correct-horse\n  b: }');

    assert.doesNotMatch(fault, /horse/);
  });

  it('may use an anchor, but cannot multiply itself by them', () => {
    const uris = 'redirect_uris: [https://a.example]';
    const shared = `version: 1\nclients:\n  a: &web\n    ${uris}\n  b: *web`;
    const levels = Array.from('abcdefghi', (name, level) => {
      const above = level === 0 ? '"x"' : `*${'abcdefghi'[level - 1]}`;
      return `  ${name}: &${name} [${Array.from({ length: 9 }, () => above).join(', ')}]`;
    });

    assert.equal(parseConfiguration(shared, kinds)[0]?.entries.length, 2);
    assert.match(
      faultOf(`version: 1\nroles:\n${levels.join('\n')}`),
      /anchors more than 100 times/,
    );
  });

  it('is refused when it is nested too deeply', () => {
    const nested = (depth: number) =>
      `version: 1\nclients: {a: {jwks: ${'['.repeat(depth)}${']'.repeat(depth)}}}`;

    assert.match(faultOf(nested(100)), /nested too deeply/);
    assert.match(faultOf(nested(5000)), /YAML: resource exhaustion/);
  });
});

function faultOf(text: string): string {
  const faults: string[] = [];
  const isRefused = (error: unknown) => {
    if (error instanceof AppError && error.code === 'invalid_input') faults.push(error.message);
    return faults.length === 1;
  };
  assert.throws(() => parseConfiguration(text, kinds), isRefused);
  return faults[0] ?? '';
}
