// An issuer whose JWTs authenticate a client instead of a secret (`federated_credentials`), as form fields
// and as a list of facts.
import type { Client } from '#core/clients/clients.ts';
import { tagOf } from '#http/api/conditions.ts';
import type { Form } from '#http/request/input.ts';
import {
  federatedCredentialsMember,
  jwtBearerGrant,
} from '#oidc/workloads/federated-credentials.ts';
import { AppError } from '#platform/errors.ts';
import type { Field } from '#features/admin/page/page-model.ts';
import { linesOf } from '#features/admin/clients/lines.ts';

/** As registered: members with a default value are omitted. */
export type Credential = Readonly<Record<string, unknown>>;

export function registeredCredentials({ metadata }: Client): readonly Credential[] {
  const value = metadata[federatedCredentialsMember];
  return Array.isArray(value) ? value.map((each): Credential => ({ ...Object(each) })) : [];
}

/** Names a credential in a form. */
export function keyOf(credential: Credential): string {
  return tagOf(credential);
}

export function issuerOf({ issuer }: Credential): string {
  return String(issuer);
}

/** One line for each condition, such as `repository=acme/app`. */
export function conditionsOf({ claims }: Credential): readonly string[] {
  return Object.entries(Object(claims)).flatMap(([name, allowed]) =>
    [allowed].flat().map((value) => `${name}=${String(value)}`),
  );
}

const texts = [
  ['audience', 'Audience', 'The JWT’s `aud`. Defaults to this server’s issuer.'],
  ['jwks_uri', 'JWKS URL', 'Leave empty to use the issuer’s discovery document.'],
  [
    'scope',
    'Allowed scopes',
    'Separated by spaces. Leave empty to allow all of the client’s scopes.',
  ],
] as const;

export function issuerFields(form: Form | undefined): readonly Field[] {
  return [
    {
      name: 'issuer',
      label: 'Issuer',
      type: 'text',
      isRequired: true,
      value: form?.get('issuer'),
      placeholder: 'https://token.actions.githubusercontent.com',
      hint: 'The JWT’s `iss`.',
    },
    {
      name: 'claims',
      label: 'Conditions',
      type: 'lines',
      isRequired: true,
      value: form?.get('claims'),
      placeholder: 'repository=acme/app',
      hint: 'One claim and its exact value per line. Repeat a claim to allow several values.',
    },
    ...texts.map(([name, label, hint]): Field => ({
      name,
      label,
      hint,
      type: 'text',
      value: form?.get(name),
    })),
  ];
}

/** @throws AppError `invalid_input` */
export function credentialFrom(form: Form): Credential {
  const optional = texts.map(([name]) => [name, form.get(name).trim()] as const);
  return {
    issuer: form.get('issuer').trim(),
    claims: claimsFrom(linesOf(form.get('claims'))),
    ...Object.fromEntries(optional.filter(([, value]) => value !== '')),
  };
}

function claimsFrom(lines: readonly string[]): Readonly<Record<string, string | string[]>> {
  const pairs = lines.map((line) => {
    const at = line.indexOf('=');
    if (at > 0) return [line.slice(0, at).trim(), line.slice(at + 1).trim()] as const;
    throw new AppError('invalid_input', 'Each condition must be a claim, = and its value.');
  });
  const byName = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries(
    [...byName].map(([name, found]) => {
      const [first = '', ...others] = found.map(([, value]) => value);
      return [name, others.length === 0 ? first : [first, ...others]];
    }),
  );
}

/**
 * The metadata of a client without a secret; the scopes in the form become those of the client.
 * @throws AppError `invalid_input`
 */
export function workloadMetadata(form: Form): Readonly<Record<string, unknown>> {
  const { scope: _, ...credential } = credentialFrom(form);
  return {
    grant_types: [jwtBearerGrant],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'none',
    [federatedCredentialsMember]: [credential],
  };
}
