// The states of a signing key and the rules of its rotation (decision 0039). For each algorithm:
//
//   next      published in the JWKS, so that clients know it before it signs
//   active    signs; exactly one
//   retiring  published, because tokens that it signed are still valid
//   retired   no longer published
//
// A planned rotation moves a key from state to state when it is due. An emergency rotation retires
// every key at once, and revokes it: what it signed is no longer accepted.
import { maxAccessTokenSeconds } from '#core/clients/administration/resource-rules.ts';
import { AppError } from '#platform/errors.ts';

/** The first is the default for new clients. The last is the name of EdDSA in RFC 9864. */
export const signingAlgorithms = ['ES256', 'RS256', 'PS256', 'EdDSA', 'Ed25519'] as const;

/** FIPS 204 (RFC 9964). One of them is added if POST_QUANTUM_SIGNATURES names it. */
export const postQuantumAlgorithms = ['ML-DSA-44', 'ML-DSA-65', 'ML-DSA-87'] as const;

/** Includes those that the settings do not offer, because older keys may use them. */
export const knownAlgorithms = [...signingAlgorithms, ...postQuantumAlgorithms] as const;
export type SigningAlgorithm = (typeof knownAlgorithms)[number];

/** The algorithms in use for signing. */
export function offeredAlgorithms(config: {
  readonly postQuantumSignatures: 'off' | (typeof postQuantumAlgorithms)[number];
}): readonly SigningAlgorithm[] {
  const { postQuantumSignatures: added } = config;
  return added === 'off' ? signingAlgorithms : [...signingAlgorithms, added];
}

/**
 * The named algorithms; without names, all that are in use.
 * @throws AppError `invalid_input` for one that does not sign
 */
export function chooseAlgorithms(
  offered: readonly SigningAlgorithm[],
  names: readonly string[],
): readonly SigningAlgorithm[] {
  if (names.length === 0) return offered;
  const unknown = names.find((name) => !offered.some((alg) => alg === name));
  if (unknown === undefined) return offered.filter((alg) => names.includes(alg));
  throw new AppError('invalid_input', `No key signs with ${unknown}, only ${offered.join(', ')}.`);
}

/**
 * The position in the JWKS. Keys of type AKP come last, so that a client that reads key by key finds its own
 * before it meets an unknown type.
 */
export function rankOfAlgorithm(alg: string): number {
  return knownAlgorithms.findIndex((each) => each === alg);
}

export function isPostQuantum(alg: string): boolean {
  return postQuantumAlgorithms.some((each) => each === alg);
}

export const signingKeyStates = ['next', 'active', 'retiring', 'retired'] as const;
export type SigningKeyStatus = (typeof signingKeyStates)[number];

/** The data of a key that operators may see: everything but the key itself. */
export interface SigningKeyState {
  readonly kid: string;
  readonly alg: string;
  readonly status: SigningKeyStatus;
  /** Also the time of its first publication. */
  readonly createdAt: Date;
  /** `undefined`: it has not signed yet. */
  readonly activatedAt: Date | undefined;
  /** Of a retiring key: when every token that it signed has expired. */
  readonly retiresAt: Date | undefined;
  readonly retiredAt: Date | undefined;
  /** What it signed is no longer accepted. */
  readonly isRevoked: boolean;
}

export interface RotationPolicy {
  /** Age at which an active key is replaced; `undefined` if only on request. */
  readonly intervalMilliseconds: number | undefined;
  /** How long a new key is published before it signs. */
  readonly leadMilliseconds: number;
}

const dayMilliseconds = 24 * 60 * 60 * 1000;

/**
 * No token lives longer than this, whatever the lifetimes are or were set to. Five minutes more are
 * for clocks that differ and for nodes that notice a rotation late.
 */
export const retiringMilliseconds = (maxAccessTokenSeconds + 5 * 60) * 1000;

/** Time for other nodes to notice a new key; messages and polling make it less than a second. */
const propagationSeconds = 5;

const usualCacheSeconds = 300;

/**
 * How long clients may cache the JWKS: a new key signs only after every cached copy without it has
 * expired.
 */
export function jwksCacheSeconds(leadSeconds: number): number {
  return Math.min(usualCacheSeconds, Math.floor((leadSeconds - propagationSeconds) / 2));
}

export function rotationPolicy(config: {
  readonly signingKeyDays: number;
  readonly signingKeyLeadSeconds: number;
}): RotationPolicy {
  const { signingKeyDays: days, signingKeyLeadSeconds } = config;
  return {
    intervalMilliseconds: days === 0 ? undefined : days * dayMilliseconds,
    leadMilliseconds: signingKeyLeadSeconds * 1000,
  };
}

export type RotationStep =
  /** A new key is published. */
  | { readonly kind: 'publish'; readonly alg: SigningAlgorithm }
  /** The published key signs from now on. */
  | { readonly kind: 'activate'; readonly kid: string; readonly replaces: string }
  | { readonly kind: 'retire'; readonly kid: string };

/** The step of a planned rotation that is due. */
export function stepsDue(
  keys: readonly SigningKeyState[],
  policy: RotationPolicy,
  at: Date,
): readonly RotationStep[] {
  const retired = keys
    .filter(({ status, retiresAt }) => status === 'retiring' && isPast(retiresAt, at))
    .map(({ kid }): RotationStep => ({ kind: 'retire', kid }));
  const moved = knownAlgorithms.flatMap((alg): RotationStep[] => {
    const { active, next } = keysOf(keys, alg);
    if (!active) return [];
    if (!next) return isPast(publishesAt(active, policy), at) ? [{ kind: 'publish', alg }] : [];
    if (!isPast(activatesAt(next, policy), at)) return [];
    return [{ kind: 'activate', kid: next.kid, replaces: active.kid }];
  });
  return [...retired, ...moved];
}

/** Time at which the successor of an active key is published; `undefined` if only on request. */
export function publishesAt(active: SigningKeyState, policy: RotationPolicy): Date | undefined {
  const { intervalMilliseconds: interval, leadMilliseconds: lead } = policy;
  if (interval === undefined) return undefined;
  const since = active.activatedAt ?? active.createdAt;
  return new Date(since.getTime() + Math.max(0, interval - lead));
}

/** Time at which a published key begins to sign. */
export function activatesAt(next: SigningKeyState, policy: RotationPolicy): Date {
  return new Date(next.createdAt.getTime() + policy.leadMilliseconds);
}

export function keysOf(keys: readonly SigningKeyState[], alg: string) {
  const ofAlgorithm = keys.filter((key) => key.alg === alg);
  return {
    active: ofAlgorithm.find(({ status }) => status === 'active'),
    next: ofAlgorithm.find(({ status }) => status === 'next'),
  };
}

/** True for a key that the JWKS contains. */
export function isPublished({ status }: Pick<SigningKeyState, 'status'>): boolean {
  return status !== 'retired';
}

function isPast(time: Date | undefined, at: Date): boolean {
  return time !== undefined && time <= at;
}

/** A key as the command line and the API show it. */
export function presentSigningKey(key: SigningKeyState, policy: RotationPolicy) {
  const { kid, alg, status, createdAt, activatedAt, retiresAt, retiredAt, isRevoked } = key;
  return {
    kid,
    alg,
    status,
    created_at: createdAt.toISOString(),
    activated_at: activatedAt?.toISOString() ?? null,
    activates_at: status === 'next' ? activatesAt(key, policy).toISOString() : null,
    retires_at: status === 'retiring' ? (retiresAt?.toISOString() ?? null) : null,
    retired_at: retiredAt?.toISOString() ?? null,
    revoked: isRevoked,
  };
}
