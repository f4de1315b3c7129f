// Example values for the documentation, derived from JSON Schema: a plausible value by the name of the
// member, otherwise by its type. A test validates every example with the schema it illustrates.
import type { JsonSchema } from './json-schema.ts';

const id = '0c9c1a7e-5d0f-4b7e-9a51-2f4f1d1e6b11';
const at = '2026-05-04T12:00:00.000Z';

/** By the name of a member. A value is used only where it has the type that the schema demands. */
const byName: Readonly<Record<string, unknown>> = {
  access_token: 'ost_at_2fJ0xZr8mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wY',
  acr: 'urn:ostiary:acr:password',
  address: '203.0.113.7',
  alg: 'ES256',
  auth_req_id: 'n5W0mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wYabcd',
  audience: 'https://api.example.com',
  client_id: 's6BhdRkqt3',
  client_name: 'My app',
  client_secret: 'Zq3v0mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wYabc',
  code: 'rB0oSYo3n1pMQJ2Xy7h4mVnUQmJvJ2Xy7h4mVnUQmJv',
  code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  country: 'NO',
  cursor: null,
  device: 'Firefox on Linux',
  device_code: 'x7fQ0mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wYabc',
  email: 'ann@example.com',
  event: 'user.blocked',
  expires_in: 3600,
  id,
  id_token: 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUuY29tIn0.c2lnbmF0dXJl',
  issuer: 'https://id.example.com',
  kid: 'a1b2c3',
  limit: '20',
  message: 'a sentence',
  name: 'Ann Berg',
  next_cursor: null,
  provider: 'example',
  reason: 'The laptop was stolen.',
  redirect_uri: 'https://app.example.com/callback',
  refresh_token: 'ost_rt_4kQ2mX4W1v6sK9tQyB3nC5dE7gH0jL2pR4uV8wYabc',
  request_uri: 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c',
  scope: 'openid profile email',
  scopes: ['orders:read'],
  sub: id,
  subject: '24400320',
  token_type: 'Bearer',
  until: '2099-01-01T00:00:00.000Z',
  user_code: 'BCDF-GHJK',
  user_id: id,
  version: '0.1.0',
};

export function exampleOf(schema: JsonSchema, name = ''): unknown {
  const { default: preset, const: constant, enum: values, examples } = schema;
  if (Array.isArray(examples) && examples.length > 0) return examples[0];
  if (constant !== undefined) return constant;
  const named = Object.hasOwn(byName, name) ? byName[name] : undefined;
  if (named !== undefined && fits(schema, named)) return named;
  if (preset !== undefined) return preset;
  if (Array.isArray(values)) return values[0];
  const [choice] = listOf(schema['anyOf']) ?? listOf(schema['oneOf']) ?? [];
  if (choice) return exampleOf(choice, name);
  return exampleOfType(schema, name);
}

function exampleOfType(schema: JsonSchema, name: string): unknown {
  const { minimum } = schema;
  const [type] = typesOf(schema);
  if (type === 'object') return exampleOfObject(schema);
  if (type === 'array') return [exampleOf(objectOf(schema['items']), singular(name))];
  if (type === 'integer' || type === 'number')
    return typeof minimum === 'number' ? Math.max(minimum, 0) : 2;
  if (type === 'boolean') return true;
  if (type === 'null') return null;
  return type === 'string' ? exampleText(schema, name) : {};
}

function exampleOfObject({ properties }: JsonSchema): Readonly<Record<string, unknown>> {
  const members = Object.entries(objectOf(properties));
  return Object.fromEntries(
    members.map(([name, member]) => [name, exampleOf(objectOf(member), name)]),
  );
}

function exampleText({ format }: JsonSchema, name: string): string {
  if (format === 'date-time' || name.endsWith('_at')) return at;
  if (format === 'uri' || /(?:_ur[il]|_endpoint)$/.test(name)) return 'https://app.example.com';
  if (/(?:^|_)id$/.test(name)) return id;
  return 'text';
}

/** Whether the value has a type that the schema permits. */
function fits(schema: JsonSchema, value: unknown): boolean {
  const choices = listOf(schema['anyOf']);
  if (choices) return choices.some((choice) => fits(choice, value));
  const { enum: values } = schema;
  if (Array.isArray(values)) return values.includes(value);
  const types = typesOf(schema);
  if (value === null) return types.includes('null');
  if (Array.isArray(value)) return types.includes('array');
  return types.includes(typeof value) || (typeof value === 'number' && types.includes('integer'));
}

/** A nullable member has a list of types, with null as the last. */
function typesOf({ type }: JsonSchema): readonly unknown[] {
  return Array.isArray(type) ? type : [type];
}

function singular(name: string): string {
  return name.replace(/s$/, '');
}

function listOf(value: unknown): readonly JsonSchema[] | undefined {
  return Array.isArray(value) ? value.map(objectOf) : undefined;
}

function objectOf(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
