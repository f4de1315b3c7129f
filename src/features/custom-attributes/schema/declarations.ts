// Parses the namespaces that an operator declares: titles, schema, and who may read and write them.
// All faults are reported together. The schema itself is checked in schema-compiler.ts.
import { isObjectPrototypeName } from '#platform/object-names.ts';
import {
  claimsOfScope,
  globalRevocationScope,
  managementScopes,
  signalScopes,
} from '#core/clients/scopes.ts';
import { asSchema, readFields, type Field, type Schema } from './fields.ts';
import { readWords, type Words } from './localized-text.ts';

/** Client ids, or `*` for every client with the required management API scope. */
export type Callers = '*' | readonly string[];

export interface Declaration {
  readonly namespace: string;
  readonly title: Words;
  readonly schema: Schema;
  /** How users may access their own value. */
  readonly person: 'none' | 'read' | 'write';
  /** The claims that clients receive with the scope, each as a JSON Pointer (RFC 6901). */
  readonly apps:
    | { readonly scope: string; readonly claims: Readonly<Record<string, string>> }
    | undefined;
  readonly api: { readonly read: Callers; readonly write: Callers };
  /** The form fields; empty unless users may write. */
  readonly fields: readonly Field[];
}

const maxTitleLength = 80;
const maxNamespaces = 50;
const members = ['namespace', 'title', 'schema', 'person', 'apps', 'api'];

/** Claim names that already have a meaning in tokens or in the userinfo response. */
const reservedClaims = new Set<string>([
  ...Object.values(claimsOfScope).flat(),
  ...words(
    'iss aud exp nbf iat jti nonce sid azp acr amr auth_time at_hash c_hash s_hash cnf act may_act',
    'scope client_id events active username token_type roles groups _claim_names _claim_sources',
    'authorization_details verified_claims txn toe sub_id',
  ),
  ...Object.getOwnPropertyNames(Object.prototype),
]);
const reservedScopes = new Set<string>([
  ...Object.keys(claimsOfScope),
  ...managementScopes,
  ...signalScopes,
  globalRevocationScope,
]);

/** A schema with its namespace, also returned if other parts of the declaration are invalid. */
export type DeclaredSchema = Pick<Declaration, 'namespace' | 'schema'>;

export function readDeclarations(raw: readonly unknown[]) {
  const faults: string[] = [];
  const schemas: DeclaredSchema[] = [];
  if (raw.length > maxNamespaces) faults.push(`at most ${maxNamespaces} entries are allowed`);
  const declarations = raw.flatMap((entry, position) => {
    const place = `entry ${position + 1}`;
    const own = asSchema(entry);
    if (!own) return say(faults, place, 'must be an object');
    const { namespace, schema } = own;
    const read = asSchema(schema);
    if (typeof namespace === 'string' && read) schemas.push({ namespace, schema: read });
    return readOne(own, place, faults);
  });
  for (const [what, names] of [
    ['namespace', declarations.map(({ namespace }) => namespace)],
    ['scope', declarations.flatMap(({ apps }) => apps?.scope ?? [])],
    ['claim', declarations.flatMap(({ apps }) => Object.keys(apps?.claims ?? {}))],
  ] as const) {
    const twice = names.find((name, at) => names.indexOf(name) !== at);
    if (twice !== undefined) faults.push(`the ${what} ${JSON.stringify(twice)} is declared twice`);
  }
  return { declarations, schemas, faults };
}

function say(faults: string[], place: string, ...what: readonly string[]): [] {
  faults.push(...what.map((fault) => `${place} ${fault}`));
  return [];
}

function readOne(own: Schema, place: string, faults: string[]): readonly Declaration[] {
  const { namespace } = own;
  if (typeof namespace !== 'string' || !/^[a-z][a-z0-9_-]{0,39}$/.test(namespace)) {
    return say(faults, place, 'must have a namespace of lowercase letters, digits, _ and -');
  }
  if (isObjectPrototypeName(namespace)) {
    return say(faults, place, `must use another namespace than ${namespace}, which is reserved`);
  }
  const found: string[] = [];
  for (const name of Object.keys(own).filter((each) => !members.includes(each))) {
    found.push(`has an unknown member ${JSON.stringify(name.slice(0, 40))}`);
  }
  const title = readWords(own['title']);
  const titles = typeof title === 'object' ? Object.values(title) : [title ?? ''];
  if (title === undefined || titles.some((text) => text.length > maxTitleLength)) {
    found.push(`must have a title, or titles by language, of up to ${maxTitleLength} characters`);
  }
  const schema = asSchema(own['schema']);
  if (schema?.['type'] !== 'object') found.push('must have a schema of the type object');
  const person = own['person'] ?? 'none';
  if (person !== 'none' && person !== 'read' && person !== 'write') {
    found.push('must have person set to none, read or write');
  }
  const form = schema && person === 'write' ? readFields(schema) : { fields: [], faults: [] };
  found.push(
    ...form.faults.map(
      ({ pointer, reason }) => `cannot be shown as a form at ${JSON.stringify(pointer)}: ${reason}`,
    ),
  );
  const apps = readApps(own['apps'], found);
  const api = readApi(own['api'], found);
  say(faults, JSON.stringify(namespace), ...found);
  if (found.length > 0 || title === undefined || !schema) return [];
  const mayDo = person === 'read' || person === 'write' ? person : 'none';
  return [{ namespace, title, schema, person: mayDo, apps, api, fields: form.fields }];
}

function readApps(value: unknown, found: string[]): Declaration['apps'] {
  if (value === undefined) return undefined;
  const { scope, claims, ...rest } = asSchema(value) ?? {};
  const pairs = Object.entries(asSchema(claims) ?? {});
  if (typeof scope !== 'string' || !/^[a-z][\w.:-]{0,59}$/i.test(scope)) {
    found.push('must have an apps.scope of letters, digits and . _ : -');
  } else if (reservedScopes.has(scope) || isObjectPrototypeName(scope)) {
    found.push(`cannot use the scope ${scope}: it is reserved`);
  }
  if (pairs.length === 0 || Object.keys(rest).length > 0) {
    found.push('must have only scope and claims in apps, with one claim at least');
  }
  for (const [claim, pointer] of pairs) {
    if (reservedClaims.has(claim)) found.push(`cannot use the claim ${claim}: it is reserved`);
    if (!/^[a-z][\w.:/-]{0,99}$/i.test(claim)) {
      found.push(
        `has a claim ${JSON.stringify(claim.slice(0, 40))} with characters other than ` +
          'letters, digits and . _ : / -',
      );
    }
    if (typeof pointer !== 'string' || !/^(?:\/(?:[^~/]|~[01])*)*$/.test(pointer)) {
      found.push(`must locate the claim ${JSON.stringify(claim)} with a JSON pointer`);
    }
  }
  const places = pairs.map(([claim, pointer]) => [claim, String(pointer)] as const);
  return { scope: String(scope), claims: Object.fromEntries(places) };
}

function readApi(value: unknown, found: string[]): Declaration['api'] {
  const { read = [], write = [], ...rest } = asSchema(value ?? {}) ?? { other: true };
  if (Object.keys(rest).length > 0)
    found.push('must have read and write in api, and no other member');
  return { read: readCallers(read, 'read', found), write: readCallers(write, 'write', found) };
}

function readCallers(value: unknown, name: string, found: string[]): Callers {
  if (value === '*') return value;
  const isList =
    Array.isArray(value) &&
    value.every((id): id is string => typeof id === 'string' && /^[\x21-\x7e]{1,255}$/.test(id));
  if (isList) return value;
  found.push(`must have "*" or a list of client ids in api.${name}`);
  return [];
}

function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}
