// Reauthentication: what a user who is signed in has to prove once more before a sensitive act.
// Asking for it and checking it is left to the service and the pages.
import { hasSecondFactor } from '#core/sessions/authentication.ts';

/** How long a proof counts, in seconds: long enough for one errand, too short for a stolen cookie. */
export const reauthenticationSeconds = 5 * 60;

/**
 * How long after a new password was set by mail the account counts as one without passkeys, in seconds:
 * the way out for a user whose passkey is lost. Both mailbox and password were proven for it.
 */
export const recoveredSeconds = 15 * 60;

/**
 * `recent`: a proof of the last minutes is enough, a sign-in with two factors included.
 * `now`: the password is typed for this very act, and no sign-in stands in for the second factor.
 */
export type Recency = 'recent' | 'now';

/** What an account can be reauthenticated with. */
export interface AccountFactors {
  readonly hasPassword: boolean;
  /** True: signing in asks for a code. */
  readonly hasCodes: boolean;
  readonly passkeys: number;
  /** True: a new password was set by mail a moment ago. */
  readonly isRecovered: boolean;
  /** Accounts with identity providers that are configured at present. */
  readonly identities: number;
}

export interface RecentProof {
  /** RFC 8176. */
  readonly amr: readonly string[];
  /** When it was given. */
  readonly at: Date;
  readonly from: 'sign_in' | 'reauthentication';
}

/** `required`: nothing else will do. `alternative`: in place of what the form asks for. */
type Way = 'required' | 'alternative' | undefined;

export interface Requirement {
  /** Typed into the form of the act. */
  readonly password: boolean;
  readonly code: boolean;
  readonly passkey: Way;
  readonly provider: Way;
  /** What has been proven already and counts. */
  readonly counted: RecentProof | undefined;
}

/** The strongest factor of the account decides: a password alone may have been stolen with a cookie. */
export function ownsSecondFactor({ hasCodes, passkeys, isRecovered }: AccountFactors): boolean {
  return hasCodes || (passkeys > 0 && !isRecovered);
}

/** What is still to be proven for an act; nothing, when each member says no. */
export function requirementFor(
  factors: AccountFactors,
  recency: Recency,
  recent: RecentProof | undefined,
): Requirement {
  const { hasPassword, hasCodes, passkeys, identities } = factors;
  const counted = recency === 'now' && recent?.from === 'sign_in' ? undefined : recent;
  const isStrong = ownsSecondFactor(factors);
  const lacksSecond = isStrong && !(counted && hasSecondFactor(counted.amr));
  const isEnough = counted !== undefined && !lacksSecond;
  const canType = hasCodes || !isStrong;
  const password = hasPassword && (recency === 'now' || (!isEnough && canType));
  return {
    password,
    code: hasCodes && lacksSecond,
    passkey: lacksSecond && passkeys > 0 ? (hasCodes ? 'alternative' : 'required') : undefined,
    provider: isStrong || isEnough ? undefined : providerWay(hasPassword, identities, recency),
    counted,
  };
}

function providerWay(hasPassword: boolean, identities: number, recency: Recency): Way {
  if (!hasPassword) return 'required';
  return identities > 0 && recency === 'recent' ? 'alternative' : undefined;
}

/** True: the act's own form can be sent, whatever it asks for. */
export function canBeTyped({ passkey, provider }: Requirement): boolean {
  return passkey !== 'required' && provider !== 'required';
}

export function isProven({ password, code, passkey, provider }: Requirement): boolean {
  return !password && !code && passkey === undefined && provider !== 'required';
}
