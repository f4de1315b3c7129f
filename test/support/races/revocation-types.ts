// Types of the revocations in a round: how each is requested and what it revokes
// (docs/blocking.md, docs/logout.md).
import assert from 'node:assert/strict';
import type { ApiClient } from '#test/support/actors/api-client.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import type { Credential, Source } from './credentials.ts';
import type { Setup, Subject } from './subjects.ts';
import type { RaceEnvironment } from './environment.ts';

export interface Outcome {
  readonly sentAt: number;
  readonly answeredAt: number;
  /** Time from which a new sign-in succeeds; `Infinity` if none does. */
  readonly worksFrom: number;
  /** When a block ends by itself; a response that arrives later may be to a sign-in after it. */
  readonly expiresAt?: number;
  /** With the password that is valid afterwards. */
  readonly person: Person;
  /** Unblocks the user or client. */
  readonly reopen?: () => Promise<void>;
}

export interface Preparing {
  readonly world: RaceEnvironment;
  readonly subject: Subject;
  readonly operator: ApiClient;
  /** Runs once for all concurrent rounds. */
  readonly shared: (work: () => Promise<Outcome>) => Promise<Outcome>;
}

/** What is revoked: everything of the user, or what belongs to one session or client. */
export type Reach =
  | 'user'
  | 'held session'
  | 'signed-out session'
  | 'app'
  | 'blocked app'
  | 'grant';

export interface Act {
  readonly name: string;
  readonly reach: Reach;
  /**
   * True if the proof is refused from the revocation on, so that it must fail whenever it is
   * checked.
   */
  readonly refusesProof: (source: Source) => boolean;
  readonly setups?: readonly Setup[];
  readonly prepare: (preparing: Preparing) => Promise<() => Promise<Outcome>>;
}

/** `either` if the revocation does not determine whether the credential stays valid. */
export type Fate = 'ended' | 'kept' | 'either';

/** Returns what the revocation does to a credential that was requested before it. */
export function fateOf(reach: Reach, credential: Credential): Fate {
  const { app, session, isOffline, kind } = credential;
  switch (reach) {
    case 'user':
      return 'ended';
    case 'held session':
      return session === 'held' ? 'ended' : 'kept';
    case 'signed-out session':
      if (session !== 'held') return 'kept';
      return isOffline ? 'either' : 'ended';
    case 'blocked app':
      return app === 'target' ? 'ended' : 'kept';
    case 'app':
      if (app !== 'target') return 'kept';
      return kind === 'open interaction' ? 'either' : 'ended';
    case 'grant':
      break;
  }
  if (app !== 'target') return 'kept';
  return session === 'held' && kind !== 'open interaction' ? 'ended' : 'either';
}

export function timed(person: Person, work: () => Promise<unknown>): () => Promise<Outcome> {
  return async () => {
    const sentAt = performance.now();
    await work();
    const answeredAt = performance.now();
    return { sentAt, answeredAt, worksFrom: answeredAt, person };
  };
}

export function call(
  operator: ApiClient,
  { person }: Subject,
  method: string,
  path: string,
  body?: object,
): () => Promise<Outcome> {
  return timed(person, async () => {
    const answer = await operator.call(method, path, body ? { body } : {});
    assert.equal(answer.status, 200, answer.text);
  });
}
