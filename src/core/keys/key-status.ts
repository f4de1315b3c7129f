// The state of all keys as operators see it: when signing keys rotate, and which encryption keys are
// still needed.
import { presentEncryption, type Inventory } from './encryption/encryption-keys.ts';
import {
  activatesAt,
  keysOf,
  publishesAt,
  knownAlgorithms,
  type RotationPolicy,
  type SigningKeyState,
} from './signing-keys.ts';

export interface KeyFacts {
  readonly signingKeys: readonly SigningKeyState[];
  readonly policy: RotationPolicy;
  readonly encryption: Inventory;
}

/** As the command line and the API show it. */
export function presentKeyStatus({ signingKeys, policy, encryption }: KeyFacts, at: Date) {
  const { intervalMilliseconds: interval, leadMilliseconds } = policy;
  return {
    signing: {
      rotation_days: interval === undefined ? null : interval / dayMilliseconds,
      lead_seconds: leadMilliseconds / 1000,
      algorithms: knownAlgorithms
        .filter((alg) => keysOf(signingKeys, alg).active)
        .map((alg) => presentAlgorithm(signingKeys, alg, policy)),
    },
    encryption: presentEncryption(encryption, at),
  };
}

export type KeyStatus = ReturnType<typeof presentKeyStatus>;

const dayMilliseconds = 24 * 60 * 60 * 1000;

function presentAlgorithm(keys: readonly SigningKeyState[], alg: string, policy: RotationPolicy) {
  const { active, next } = keysOf(keys, alg);
  const retiring = keys.filter((key) => key.alg === alg && key.status === 'retiring');
  const publishes = active && publishesAt(active, policy);
  return {
    alg,
    active: active?.kid ?? null,
    active_since: (active?.activatedAt ?? active?.createdAt)?.toISOString() ?? null,
    next: next?.kid ?? null,
    next_published_at: (next?.createdAt ?? publishes)?.toISOString() ?? null,
    next_signs_at: next ? activatesAt(next, policy).toISOString() : null,
    retiring: retiring.map(({ kid }) => kid),
  };
}
