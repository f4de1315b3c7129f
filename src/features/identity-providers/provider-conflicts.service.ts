// Refuses a stored identity provider that conflicts with another one.
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import { AppError } from '#platform/errors.ts';
import type { ActiveProviders } from './active-providers.service.ts';
import type { StoredProvider } from './identity-providers.ts';

export interface ConflictDependencies {
  readonly activeProviders: ActiveProviders;
  /** In production, every issuer must use https. */
  readonly requiresTls: boolean;
}

/** @throws AppError `conflict`, `invalid_input` */
export function refuseConflict(
  { activeProviders, requiresTls }: ConflictDependencies,
  { id, issuer, oneTap }: SignInProvider,
  { enabled, others }: { readonly enabled: boolean; readonly others: readonly StoredProvider[] },
): void {
  if (requiresTls && !issuer.startsWith('https:')) {
    throw new AppError('invalid_input', 'issuer must be an https address in production.');
  }
  const { configured } = activeProviders;
  const all = [...configured, ...others];
  if (all.some((each) => each.id === id)) throw taken('id');
  if (all.some((each) => each.issuer === issuer)) throw taken('issuer');
  const taps =
    configured.some((each) => each.oneTap) ||
    others.some((each) => each.enabled && each.options.one_tap === true);
  if (oneTap && enabled && taps) {
    throw new AppError('conflict', 'one_tap is set for another provider.');
  }
}

function taken(member: 'id' | 'issuer'): AppError {
  return new AppError('conflict', `There is another identity provider with this ${member}.`);
}
