// Prefixes name the kind of a token for people and for scanners that look for leaked secrets; they
// also spare the question for a token that can not be there.
import type { KeySpace } from '#platform/short-lived/short-lived.ts';

const prefixes: Partial<Record<KeySpace, string>> = {
  AccessToken: 'ost_at_',
  ClientCredentials: 'ost_cc_',
};

export type PrefixedSpace = 'AccessToken' | 'ClientCredentials';

export function withPrefix(space: PrefixedSpace, id: string): string {
  return `${prefixes[space] ?? ''}${id}`;
}

/** False when an id of that kind can not look like this. */
export function isPossible(space: KeySpace, id: string): boolean {
  return id.startsWith(prefixes[space] ?? '');
}
