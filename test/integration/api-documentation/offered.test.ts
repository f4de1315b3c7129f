// The OpenAPI document describes what the discovery document offers: every endpoint, and every grant
// of the token endpoint with a form and an example.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { Schema } from '#test/support/openapi/arbitraries.ts';

const settings = { NATIVE_SIGN_IN: 'on' };

describeApp('the OpenAPI document, compared with the discovery document', { settings }, (app) => {
  it('has the operations of every endpoint', async () => {
    const { metadata, paths } = await readBoth(app());

    const endpoints = Object.entries(metadata).filter(
      ([name]) => name.endsWith('_endpoint') || name === 'jwks_uri',
    );
    assert.ok(endpoints.length >= 14, endpoints.map(([name]) => name).join(' '));
    const missing = endpoints.filter(([, url]) => !(pathOf(app(), url) in paths));
    assert.deepEqual(missing, []);
  });

  it('has a form and an example for every grant type, and for no other', async () => {
    const { metadata, paths } = await readBoth(app());
    const { forms, examples } = readTokenRequests(paths);
    const { grant_types_supported: offered } = metadata;

    const described = forms.map((form) => grantOf(form));
    assert.deepEqual([...new Set(described)].toSorted(), (offered as string[]).toSorted());
    for (const grant of described) {
      assert.ok(
        examples.some(({ grant_type: named }) => named === grant),
        grant,
      );
    }
  });

  it('has examples of token requests that match exactly one form', async () => {
    const { paths } = await readBoth(app());
    const { forms, examples } = readTokenRequests(paths);

    assert.equal(examples.length, forms.length);
    for (const example of examples) {
      const matching = forms.filter((form) => matches(form, example));
      assert.equal(matching.length, 1, JSON.stringify(example));
    }
  });
});

type Members = Readonly<Record<string, unknown>>;

async function readBoth(app: TestApp): Promise<{ metadata: Members; paths: Members }> {
  const read = async (path: string) => (await app.send(`${app.issuer}${path}`)).json();
  const [metadata, document] = await Promise.all([
    read('/.well-known/openid-configuration'),
    read('/auth/openapi.json'),
  ]);
  return { metadata: Object(metadata), paths: Object(Object(document).paths) };
}

function pathOf({ issuer }: TestApp, url: unknown): string {
  return String(url).slice(issuer.length);
}

function readTokenRequests(paths: Members) {
  const { requestBody } = Object(paths['/oauth2/token']).post;
  const { schema, examples } = requestBody.content['application/x-www-form-urlencoded'];
  const forms: readonly Schema[] = schema.oneOf;
  const values: readonly Members[] = Object.values(examples).map((each) => Object(each).value);
  return { forms, examples: values };
}

function grantOf({ properties }: Schema): string {
  return String(Object(properties).grant_type.const);
}

/** All required members are present, and none is unknown or has a forbidden value. */
function matches({ required, properties }: Schema, example: Members): boolean {
  const known: Members = Object(properties);
  const names: readonly unknown[] = Array.isArray(required) ? required : [];
  return (
    names.every((name) => String(name) in example) &&
    Object.entries(example).every(([name, value]) => permits(Object(known[name]), value))
  );
}

function permits({ type, const: constant, enum: values }: Schema, value: unknown): boolean {
  if (type !== 'string' || typeof value !== 'string') return false;
  if (constant !== undefined) return value === constant;
  return !Array.isArray(values) || values.includes(value);
}
