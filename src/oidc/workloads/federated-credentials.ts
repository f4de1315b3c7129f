// Federated credentials: which JWTs of another issuer authenticate a client (RFC 7523 §2.1). Operators define
// them in the metadata as `federated_credentials`.
import { z } from 'zod';
import type { ClientMetadata } from '#core/clients/client-policies.ts';
import { isLoopbackHost } from '#platform/outbound/networks.ts';

export const jwtBearerGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
export const federatedCredentialsMember = 'federated_credentials';

const algorithms = ['RS256', 'ES256', 'PS256', 'EdDSA', 'RS384', 'RS512', 'ES384'] as const;
const maxCredentials = 20;
const text = z.string().min(1).max(500);

const address = text.refine(isKeyAddress, 'must be an https URL');

const credential = z.strictObject({
  issuer: address,
  /** By default, the one in the issuer's discovery document. */
  jwks_uri: address.optional(),
  /** By default the issuer of this server. */
  audience: text.optional(),
  algorithms: z.array(z.enum(algorithms)).min(1).default(['RS256', 'ES256']),
  /** The exact values that claims must have; of a list, one must match. */
  claims: z
    .record(text, z.union([text, z.array(text).min(1).max(50)]))
    .refine((claims) => Object.keys(claims).length > 0, 'must have a condition, such as sub'),
  /** Limits the scopes of the token. */
  scope: text.optional(),
});

const credentials = z.array(credential).min(1).max(maxCredentials);

export type FederatedCredential = z.output<typeof credential>;

/** An empty list for a client without the grant type. */
export function credentialsOf(metadata: ClientMetadata): readonly FederatedCredential[] {
  if (!hasGrant(metadata)) return [];
  const read = credentials.safeParse(metadata[federatedCredentialsMember]);
  return read.success ? read.data : [];
}

/** Checked even if the member is absent. */
export function faultInCredentials(value: unknown, client: ClientMetadata): string | undefined {
  const member = federatedCredentialsMember;
  if (!hasGrant(client)) {
    return value === undefined ? undefined : `${member} requires the grant type ${jwtBearerGrant}`;
  }
  if (value === undefined) return `the grant type ${jwtBearerGrant} requires ${member}`;
  const read = credentials.safeParse(value);
  if (read.success) return undefined;
  const [issue] = read.error.issues;
  const place = [member, ...(issue?.path ?? [])].join('.');
  return `${place}: ${issue?.message ?? 'invalid'}`;
}

/** The claims of a JWT whose issuer, audience and signature were verified. */
export function meetsConditions(
  { claims: conditions }: FederatedCredential,
  claims: Readonly<Record<string, unknown>>,
): boolean {
  return Object.entries(conditions).every(([name, allowed]) => {
    const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
    const accepted: readonly unknown[] = [allowed].flat();
    const isPlain = ['string', 'number', 'boolean'].includes(typeof value);
    return isPlain && accepted.includes(String(value));
  });
}

function hasGrant({ grant_types: grants }: ClientMetadata): boolean {
  return Array.isArray(grants) && grants.includes(jwtBearerGrant);
}

/** Plain HTTP is accepted for this machine only, which OUTBOUND_ALLOW must also permit. */
function isKeyAddress(value: string): boolean {
  const url = URL.parse(value);
  if (!url || url.username !== '' || url.password !== '' || url.hash !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname));
}
