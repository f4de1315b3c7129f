// The part of the client form with the members that protect requests, tokens and responses. A value that
// contradicts another member or the profile is refused when the change is written.
import type { Client } from '#core/clients/clients.ts';
import { signingAlgorithms } from '#core/keys/signing-keys.ts';
import type { Form } from '#http/request/input.ts';
import type { Field } from '#features/admin/page/page-model.ts';
import { contentEncryption, keyManagement } from '#oidc/algorithms.ts';
import { assertionAlgorithms } from '#oidc/clients/client-assertions.ts';

type Metadata = Client['metadata'];

interface Member {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
}

interface Choice extends Member {
  readonly values: readonly string[];
  /** The value that applies if nothing is chosen. */
  readonly otherwise: string;
}

/** Marks that the form contained these fields, so that an empty one removes its member. */
const marker = 'security';

const switches: readonly Member[] = [
  {
    name: 'require_pushed_authorization_requests',
    label: 'Requests must be pushed',
    hint: 'The client sends its request to the server first; the browser carries a reference (RFC 9126).',
  },
  {
    name: 'require_signed_request_object',
    label: 'Requests must be signed',
    hint: 'Proves what the client asked for (RFC 9101). Requires `jwks` or a JWKS URL.',
  },
  {
    name: 'dpop_bound_access_tokens',
    label: 'Access tokens are bound to a DPoP key',
    hint: 'A stolen token is useless without the client’s key (RFC 9449).',
  },
  {
    name: 'dpop_nonce_required',
    label: 'DPoP proofs need a nonce from the server',
    hint: 'Proofs can’t be made in advance. Requires tokens bound to a DPoP key.',
  },
  {
    name: 'tls_client_certificate_bound_access_tokens',
    label: 'Access tokens are bound to the client’s certificate',
    hint: 'The client then uses the endpoints under `mtls_endpoint_aliases` in the discovery document (RFC 8705).',
  },
];

const texts: readonly Member[] = [
  {
    name: 'jwks_uri',
    label: 'JWKS URL',
    hint: 'For `private_key_jwt`, signed requests and encrypted responses.',
  },
  {
    name: 'tls_client_auth_subject_dn',
    label: 'Certificate: subject',
    hint: 'For `tls_client_auth`, exactly one of these five, such as CN=orders,O=Example',
  },
  { name: 'tls_client_auth_san_dns', label: 'Certificate: DNS name', hint: 'orders.example.com' },
  {
    name: 'tls_client_auth_san_uri',
    label: 'Certificate: URI',
    hint: 'spiffe://example.com/orders',
  },
  { name: 'tls_client_auth_san_ip', label: 'Certificate: IP address', hint: '192.0.2.7' },
  { name: 'tls_client_auth_san_email', label: 'Certificate: email', hint: 'orders@example.com' },
  {
    name: 'sector_identifier_uri',
    label: 'Sector of pairwise subjects',
    hint: 'A document that lists the redirect URIs. It is needed if they have several hosts.',
  },
];

const signed = { values: signingAlgorithms };

const choices: readonly Choice[] = [
  {
    name: 'subject_type',
    label: 'Subject identifiers',
    hint: 'With `pairwise`, clients of different hosts can’t compare their users.',
    values: ['public', 'pairwise'],
    otherwise: 'public: the user’s ID',
  },
  {
    name: 'token_endpoint_auth_signing_alg',
    label: 'Algorithm of client assertions',
    hint: 'Others are refused.',
    values: assertionAlgorithms,
    otherwise: 'any that is offered',
  },
  {
    name: 'request_object_signing_alg',
    label: 'Algorithm of signed requests',
    hint: 'Others are refused.',
    otherwise: 'any that is offered',
    ...signed,
  },
  {
    name: 'id_token_signed_response_alg',
    label: 'Signature of ID tokens',
    hint: 'Every library supports RS256; ES256 signatures are shorter.',
    otherwise: 'RS256',
    ...signed,
  },
  {
    name: 'userinfo_signed_response_alg',
    label: 'Signature of userinfo',
    hint: 'Userinfo is then a JWT.',
    otherwise: 'none: JSON',
    ...signed,
  },
  {
    name: 'authorization_signed_response_alg',
    label: 'Signature of authorization responses (JARM)',
    hint: 'For requests with `response_mode=jwt`.',
    otherwise: 'RS256',
    ...signed,
  },
  {
    name: 'introspection_signed_response_alg',
    label: 'Signature of introspection responses',
    hint: 'For requests that accept a JWT (RFC 9701).',
    otherwise: 'RS256',
    ...signed,
  },
  ...encryptionOf('id_token', 'ID tokens'),
  ...encryptionOf('userinfo', 'userinfo'),
  ...encryptionOf('authorization', 'authorization responses'),
  ...encryptionOf('introspection', 'introspection responses'),
];

function encryptionOf(response: string, what: string): readonly Choice[] {
  return [
    {
      name: `${response}_encrypted_response_alg`,
      label: `Encryption of ${what}: key management`,
      hint: 'To a key of the client.',
      values: keyManagement,
      otherwise: 'not encrypted',
    },
    {
      name: `${response}_encrypted_response_enc`,
      label: `Encryption of ${what}: content`,
      hint: 'Only with key management.',
      values: contentEncryption,
      otherwise: 'A128CBC-HS256',
    },
  ];
}

export function securityFields({ metadata }: Client, form: Form | undefined): Field {
  const given = (name: string) => form?.get(name) ?? textOf(metadata[name]);
  return {
    name: marker,
    label: 'Security',
    type: 'group',
    value: form === undefined ? '' : 'open',
    fields: [
      { name: marker, label: '', type: 'hidden', value: 'on' },
      ...switches.map((each): Field => {
        const value = form ? form.get(each.name) : metadata[each.name] === true ? 'on' : '';
        return { ...each, type: 'check', value };
      }),
      ...choices.map(({ values, otherwise, ...each }): Field => {
        // A value that is no longer offered remains chosen.
        const stored = textOf(metadata[each.name]);
        const known = new Set([...values, ...(stored === '' ? [] : [stored])]);
        const options = [...known].map((value) => ({ value, label: value }));
        const all = [{ value: '', label: `Default (${otherwise})` }, ...options];
        return { ...each, type: 'select', options: all, value: given(each.name) };
      }),
      ...texts.map((each): Field => ({ ...each, type: 'text', value: given(each.name) })),
    ],
  };
}

/** The members that the form changes; null removes one. */
export function changedSecurity(form: Form, { metadata }: Client): Metadata {
  if (form.get(marker) !== 'on') return {};
  const flags = switches
    .map(({ name }) => [name, form.get(name) === 'on'] as const)
    .filter(([name, isOn]) => isOn !== (metadata[name] === true));
  const values = [...choices, ...texts]
    .map(({ name }) => [name, form.get(name).trim()] as const)
    .filter(([name, value]) => value !== textOf(metadata[name]))
    .map(([name, value]) => [name, value || null] as const);
  return Object.fromEntries([...flags, ...values]);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
