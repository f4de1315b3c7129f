// The kinds of rules that the table of profiles consists of. A rule names one member of the client
// metadata, what the profile demands of it, and how an operator fixes a violation.
import { pkceRequirementOf, type ClientMetadata } from '#core/clients/client-policies.ts';

/**
 * An `error` contradicts the profile: it is refused when a client is registered with this profile.
 * A `warning` is permitted and reported.
 */
export type Severity = 'error' | 'warning';

export interface ProfileRule {
  /** The member of the metadata that causes a violation. */
  readonly member: string;
  /** The specification and its section. */
  readonly source: string;
  readonly severity: Severity;
  isMet(metadata: ClientMetadata): boolean;
  /** Why the profile demands it; a complete sentence. */
  readonly message: string;
  /** How to fix it; a complete sentence. */
  readonly remedy: string;
}

interface Demand {
  readonly source: string;
  /** Why the profile demands it: a complete sentence. */
  readonly because: string;
  /** The rule holds only for these clients. */
  readonly when?: (metadata: ClientMetadata) => boolean;
  readonly severity?: Severity;
}

/** The values that RFC 7591 §2 and this server assume for omitted members. */
const assumed: ClientMetadata = {
  application_type: 'web',
  grant_types: ['authorization_code'],
  response_types: ['code'],
  token_endpoint_auth_method: 'client_secret_basic',
  client_assertion_audience: 'issuer',
};

/** The effective value: an omitted member has its default. */
export function valueOf(metadata: ClientMetadata, member: string): unknown {
  if (member === 'require_pkce') return pkceRequirementOf(metadata, true);
  return metadata[member] ?? assumed[member];
}

export function listOf(metadata: ClientMetadata, member: string): readonly unknown[] {
  const value = valueOf(metadata, member);
  return Array.isArray(value) ? value : [];
}

export function usesGrant(grant: string) {
  return (metadata: ClientMetadata) => listOf(metadata, 'grant_types').includes(grant);
}

/** The member must have one of these values; its default counts. */
export function mustBe(member: string, values: readonly unknown[], demand: Demand): ProfileRule {
  return rule(member, demand, {
    isMet: (metadata) => values.includes(valueOf(metadata, member)),
    remedy: `Set ${member} to ${quoteAny(values)}.`,
  });
}

/** If present, the member must have one of these values. */
export function mayBe(member: string, values: readonly unknown[], demand: Demand): ProfileRule {
  return rule(member, demand, {
    isMet: ({ [member]: value }) => value === undefined || values.includes(value),
    remedy: `Remove ${member}, or set it to ${quoteAny(values)}.`,
  });
}

/** One of these members must be true. */
export function oneTrue(members: readonly [string, ...string[]], demand: Demand): ProfileRule {
  const [first] = members;
  return rule(first, demand, {
    isMet: (metadata) => members.some((member) => metadata[member] === true),
    remedy: `Set ${members.join(' or ')} to true.`,
  });
}

/** The list may contain these values only. */
export function listOnly(member: string, values: readonly unknown[], demand: Demand): ProfileRule {
  const remedy =
    values.length === 0
      ? `Set ${member} to [].`
      : `Keep only ${values.map((value) => JSON.stringify(value)).join(', ')} in ${member}.`;
  return rule(member, demand, {
    isMet: (metadata) => listOf(metadata, member).every((item) => values.includes(item)),
    remedy,
  });
}

/** The list must contain the value. */
export function listWith(member: string, value: unknown, demand: Demand): ProfileRule {
  return rule(member, demand, {
    isMet: (metadata) => listOf(metadata, member).includes(value),
    remedy: `Add ${JSON.stringify(value)} to ${member}.`,
  });
}

/**
 * Every redirect URI must satisfy the predicate.
 * @param kinds describes the accepted redirect URIs
 */
export function redirectUris(
  isFit: (uri: URL) => boolean,
  kinds: string,
  demand: Demand,
): ProfileRule {
  return rule('redirect_uris', demand, {
    isMet: ({ redirect_uris: uris }) =>
      !Array.isArray(uris) ||
      uris.every((uri) => {
        const url = typeof uri === 'string' ? URL.parse(uri) : null;
        return url === null || isFit(url);
      }),
    remedy: `Keep only ${kinds} in redirect_uris.`,
  });
}

function rule(
  member: string,
  { source, because, when, severity = 'error' }: Demand,
  { isMet, remedy }: Pick<ProfileRule, 'isMet' | 'remedy'>,
): ProfileRule {
  return {
    member,
    source,
    severity,
    isMet: (metadata) => when?.(metadata) === false || isMet(metadata),
    message: because,
    remedy,
  };
}

function quoteAny(values: readonly unknown[]): string {
  const quoted = values.map((value) => JSON.stringify(value));
  return quoted.length < 2
    ? quoted.join('')
    : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
}
