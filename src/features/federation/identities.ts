// Accounts with other providers: what is kept of one, and which one is the last way in. Who it is
// stands in issuer and subject alone (OIDC Core 5.7); an address can change hands.
import type { WaysIn } from '#features/passkeys/passkeys.ts';

export interface Identity {
  readonly id: string;
  readonly userId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly providerId: string;
  /** As the provider said it last. */
  readonly email: string | undefined;
  readonly linkedAt: Date;
  readonly lastUsedAt: Date | undefined;
}

/** What a provider has proven just now. */
export interface ProvenIdentity {
  readonly providerId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | undefined;
  /** True: the provider is one that knows whose mailbox it is, and says that it is this person's. */
  readonly emailTrusted: boolean;
  readonly name: string | undefined;
  /** When the person proved it there; without the provider's word, when the answer arrived. */
  readonly at: Date;
}

export const mostIdentities = 10;

/** @param works false: its provider is not set any more, so that nobody can come in by it */
export function mayUnlink({ passkeys, hasPassword, identities }: WaysIn, works: boolean): boolean {
  return !works || hasPassword || passkeys > 0 || identities > 1;
}
