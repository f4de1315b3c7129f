// The export of any installation is a file without a difference to it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { createDataContext } from '#cli/data-context.ts';
import type { Configuration } from '#features/configuration-as-code/configuration.service.ts';
import { parseConfiguration } from '#features/configuration-as-code/document/parse-document.ts';
import { printYaml } from '#features/configuration-as-code/document/print-document.ts';
import { kinds } from '#features/configuration-as-code/kinds/kinds.service.ts';
import { describeApp } from '#test/support/app.ts';

const words = ['a', 'b', 'c', 'd'];
const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .map((value) => value.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '').trim())
  .filter((value) => value !== '' && value.isWellFormed());
const names = fc.constantFrom(...words);
const scopes = fc.uniqueArray(fc.constantFrom('read', 'write', 'x:y', 'null', '1'), {
  minLength: 1,
});

/** Objects with these keys, of which any may be absent. */
function objects<Value>(keys: readonly string[], value: fc.Arbitrary<Value>) {
  return fc.dictionary(fc.constantFrom(...keys), value, {
    maxKeys: keys.length,
    noNullPrototype: true,
  });
}

const document = fc
  .record({
    resources: objects(
      ['https://a.example', 'urn:b', 'https://c.example/?x=1'],
      fc
        .record(
          {
            scopes,
            access_token_format: fc.constantFrom('opaque', 'jwt'),
            access_token_seconds: fc.integer({ min: 1, max: 86_400 }),
            requires_permission: fc.boolean(),
            revocable: fc.boolean(),
          },
          { requiredKeys: ['scopes', 'access_token_format'] },
        )
        // Only JWTs are revocable.
        .map(({ revocable = false, ...values }) =>
          values.access_token_format === 'jwt' ? { ...values, revocable } : values,
        ),
    ),
    clients: objects(
      ['shop', '123', 'true', 'with space: and colon', '#x'],
      fc.record(
        {
          redirect_uris: fc.constant(['https://app.example/callback']),
          client_name: text,
          first_party: fc.boolean(),
          require_pkce: fc.constant(true),
          token_endpoint_auth_method: fc.constantFrom('none', 'client_secret_post'),
          default_max_age: fc.integer({ min: 0, max: 1000 }),
          access: fc.record({}),
        },
        { requiredKeys: ['redirect_uris'] },
      ),
    ),
    organizations: objects(words, fc.record({ display_name: text })),
    groupNames: fc.uniqueArray(
      text.filter((value) => value.length <= 100),
      { maxLength: 3 },
    ),
    descriptions: fc.array(fc.option(text), { minLength: 8, maxLength: 8 }),
    picks: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
    roleNames: fc.uniqueArray(names),
  })
  .map(complete);

interface Drawn {
  readonly resources: Readonly<Record<string, { readonly scopes: readonly string[] }>>;
  readonly clients: Readonly<Record<string, object>>;
  readonly organizations: object;
  readonly groupNames: readonly string[];
  readonly descriptions: readonly (string | null)[];
  readonly picks: readonly number[];
  readonly roleNames: readonly string[];
}

/** Roles, groups and access rules that refer to the generated objects. */
function complete({ resources, clients, organizations, ...drawn }: Drawn) {
  const { groupNames, descriptions, picks, roleNames } = drawn;
  const some = <Item>(items: readonly Item[], at: number) =>
    items.filter((_, index) => ((picks[at] ?? 0) >> index) % 2 === 1);
  const described = (at: number) => {
    const value = descriptions[at];
    return value === null || value === undefined ? {} : { description: value };
  };
  const ids = [...roleNames, ...some(Object.keys(clients), 0).map((client) => `${client}:own`)];
  const permissions = Object.fromEntries(
    some(Object.entries(resources), 1).map(([audience, { scopes: all }]) => [audience, all]),
  );
  const roles = ids.map((id, at) => [id, { ...described(at), permissions }]);
  const groups = groupNames.map((name, at) => [
    name,
    { ...described(at + 4), roles: some(ids, at + 2) },
  ]);
  const access = {
    roles: some(ids, 6),
    groups: groupNames,
    organizations: Object.keys(organizations),
  };
  const limited = Object.entries(clients).map(([id, client]) => [
    id,
    'access' in client ? { ...client, access } : client,
  ]);
  return {
    version: 1,
    resources,
    clients: Object.fromEntries(limited),
    roles: Object.fromEntries(roles),
    groups: Object.fromEntries(groups),
    organizations,
    // providers-and-branding.test.ts
    identity_providers: {},
    branding: {},
    // webhooks.test.ts
    webhooks: {},
  };
}

describeApp('the export of an installation', {}, (app) => {
  it('does not differ from the installation, nor does the file that made it', async () => {
    const { configuration } = createDataContext(app().services);
    const options = { isPlan: false, prunes: true };
    await fc.assert(
      fc.asyncProperty(document, async (drawn) => {
        const source = JSON.stringify(drawn);
        await configuration.apply(read(source), options);
        const exported = printYaml(await configuration.export());

        const ofExport = await plan(configuration, exported);
        const ofFile = await plan(configuration, source);

        assert.deepEqual(ofExport, []);
        assert.deepEqual(ofFile, []);
        assert.deepEqual(keysOf(exported), keysOf(source));
      }),
      { numRuns: 20 },
    );
  });

  it('handles hundreds of clients', async () => {
    const { configuration } = createDataContext(app().services);
    const client = { redirect_uris: ['https://app.example/callback'] };
    const all = Array.from({ length: 200 }, (_, at) => [`many-${at}`, client]);
    const source = JSON.stringify({ version: 1, clients: Object.fromEntries(all) });
    const changed = source.replaceAll('/callback', '/other');
    const options = { isPlan: false, prunes: false };

    const created = await configuration.apply(read(source), options);
    const updated = await configuration.apply(read(changed), options);

    assert.deepEqual([created.changes.length, updated.changes.length], [200, 200]);
    assert.deepEqual(await plan(configuration, changed, { prunes: false }), []);
  });
});

function read(source: string) {
  return { sections: parseConfiguration(source, kinds) };
}

/** Every key, in a fixed order, because JavaScript puts integer keys of an object first. */
function keysOf(source: string): readonly (readonly string[])[] {
  return read(source).sections.map(({ entries }) => entries.map(({ key }) => key).toSorted());
}

async function plan(configuration: Configuration, source: string, { prunes } = { prunes: true }) {
  const options = { isPlan: true, prunes };
  return (await configuration.apply(read(source), options)).changes;
}
