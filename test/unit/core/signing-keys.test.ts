// The rules of a planned rotation, for any sequence of delays and requests.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  activatesAt,
  isPublished,
  jwksCacheSeconds,
  keysOf,
  retiringMilliseconds,
  rotationPolicy,
  signingAlgorithms,
  stepsDue,
  type RotationPolicy,
  type SigningKeyState,
} from '#core/keys/signing-keys.ts';

const day = 24 * 60 * 60 * 1000;
const start = new Date('2026-03-01T12:00:00Z');
const policy = rotationPolicy({ signingKeyDays: 90, signingKeyLeadSeconds: 3600 });

function after(milliseconds: number): Date {
  return new Date(start.getTime() + milliseconds);
}

function aKey(facts: Partial<SigningKeyState> = {}): SigningKeyState {
  return {
    kid: `kid-${facts.alg ?? 'ES256'}`,
    alg: 'ES256',
    status: 'active',
    createdAt: start,
    activatedAt: facts.status === 'next' ? undefined : start,
    retiresAt: undefined,
    retiredAt: undefined,
    isRevoked: false,
    ...facts,
  };
}

describe('stepsDue', () => {
  it('publishes the next key one lead time before the active one is due', () => {
    assert.deepEqual(stepsDue([aKey()], policy, after(90 * day - 3_600_001)), []);
    assert.deepEqual(stepsDue([aKey()], policy, after(90 * day - 3_600_000)), [
      { kind: 'publish', alg: 'ES256' },
    ]);
  });

  it('publishes nothing by itself with SIGNING_KEY_DAYS=0, but completes what was requested', () => {
    const off = rotationPolicy({ signingKeyDays: 0, signingKeyLeadSeconds: 3600 });
    const next = aKey({ kid: 'next', status: 'next' });

    assert.deepEqual(stepsDue([aKey()], off, after(9_999 * day)), []);
    assert.deepEqual(stepsDue([aKey(), next], off, after(3_600_000)), [
      { kind: 'activate', kid: 'next', replaces: 'kid-ES256' },
    ]);
  });

  it('activates a key only after it was published for the lead time', () => {
    const keys = [aKey(), aKey({ kid: 'next', status: 'next', createdAt: after(day) })];

    assert.deepEqual(stepsDue(keys, policy, after(day + 3_599_999)), []);
    assert.equal(stepsDue(keys, policy, after(day + 3_600_000))[0]?.kind, 'activate');
  });

  it('retires a key when the last token that it signed has expired', () => {
    const keys = [aKey(), aKey({ kid: 'old', status: 'retiring', retiresAt: after(day) })];

    assert.deepEqual(stepsDue(keys, policy, after(day - 1)), []);
    assert.deepEqual(stepsDue(keys, policy, after(day)), [{ kind: 'retire', kid: 'old' }]);
  });

  it('handles every algorithm separately', () => {
    const keys = signingAlgorithms.map((alg) => aKey({ alg, kid: alg }));

    assert.deepEqual(
      stepsDue(keys, policy, after(90 * day)),
      signingAlgorithms.map((alg) => ({ kind: 'publish', alg })),
    );
  });
});

describe('jwksCacheSeconds', () => {
  it('lets every cached copy expire, and every node notice the key, before a new key signs', () => {
    fc.assert(
      fc.property(fc.integer({ min: 15, max: 604_800 }), (lead) => {
        const seconds = jwksCacheSeconds(lead);

        assert.ok(seconds >= 5 && seconds <= 300);
        assert.ok(seconds + 5 < lead);
      }),
    );
  });
});

interface Signed {
  readonly kid: string;
  readonly expiresAt: Date;
}

/** Takes the steps as the service does. */
function follow(keys: SigningKeyState[], at: Date, made: { count: number }): SigningKeyState[] {
  let current = keys;
  const change = (kid: string, facts: Partial<SigningKeyState>) => {
    current = current.map((key) => (key.kid === kid ? { ...key, ...facts } : key));
  };
  for (const step of stepsDue(current, policy, at)) {
    if (step.kind === 'publish') current = [...current, published(step.alg, at, made)];
    if (step.kind === 'retire') change(step.kid, { status: 'retired', retiredAt: at });
    if (step.kind === 'activate') {
      const retiresAt = new Date(at.getTime() + retiringMilliseconds);
      change(step.replaces, { status: 'retiring', retiresAt });
      change(step.kid, { status: 'active', activatedAt: at });
    }
  }
  return current;
}

function published(alg: string, at: Date, made: { count: number }): SigningKeyState {
  made.count += 1;
  return aKey({ alg, kid: `${alg}-${made.count}`, status: 'next', createdAt: at });
}

function assertPublishedLongEnough(keys: readonly SigningKeyState[], rules: RotationPolicy): void {
  for (const key of keys.filter(({ kid }) => /-\d+$/.test(kid))) {
    if (key.activatedAt) assert.ok(key.activatedAt >= activatesAt(key, rules), key.kid);
  }
}

describe('a planned rotation', () => {
  it('always has one key that signs, and publishes every key whose tokens are valid', () => {
    const delays = fc.array(fc.integer({ min: 1000, max: 100 * day }), { maxLength: 40 });
    fc.assert(
      fc.property(delays, fc.infiniteStream(fc.boolean()), (gaps, requests) => {
        const made = { count: 0 };
        let keys: SigningKeyState[] = signingAlgorithms.map((alg) => aKey({ alg, kid: alg }));
        let tokens: Signed[] = [];
        let at = start;
        for (const gap of gaps) {
          at = new Date(at.getTime() + gap);
          if (requests.next().value === true) {
            const missing = signingAlgorithms.filter((alg) => !keysOf(keys, alg).next);
            keys = [...keys, ...missing.map((alg) => published(alg, at, made))];
          }
          keys = follow(keys, at, made);
          for (const alg of signingAlgorithms) {
            const active = keys.filter((key) => key.alg === alg && key.status === 'active');
            assert.equal(active.length, 1);
            assert.ok(keys.filter((key) => key.alg === alg && key.status === 'next').length <= 1);
            tokens.push({ kid: active[0]?.kid ?? '', expiresAt: new Date(at.getTime() + day) });
          }
          tokens = tokens.filter(({ expiresAt }) => expiresAt > at);
          const known = new Set(keys.filter(isPublished).map(({ kid }) => kid));
          for (const { kid } of tokens) assert.ok(known.has(kid), `${kid} is not published`);
          assertPublishedLongEnough(keys, policy);
        }
      }),
    );
  });
});
