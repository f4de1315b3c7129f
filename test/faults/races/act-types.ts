// What an ending act is to a round: how it is asked for, and what it ends (docs/blocking.md,
// docs/logout.md).
import assert from 'node:assert/strict';
import type { ApiClient } from '#test/roles/api-client.ts';
import type { Person } from '#test/roles/relying-party.ts';
import type { Credential, Source } from './credentials.ts';
import type { Setup, Subject } from './people.ts';
import type { World } from './world.ts';

export interface Outcome {
  readonly sentAt: number;
  readonly answeredAt: number;
  /** From when on a new sign-in works; `Infinity`: it never does again. */
  readonly worksFrom: number;
  /** With the password that is good afterwards. */
  readonly person: Person;
  /** Takes the block back. */
  readonly reopen?: () => Promise<void>;
}

export interface Preparing {
  readonly world: World;
  readonly subject: Subject;
  readonly operator: ApiClient;
  /** Runs once for all rounds that go on at the same time. */
  readonly shared: (work: () => Promise<Outcome>) => Promise<Outcome>;
}

/** What is reached: everything of the user, or what belongs to one session or app. */
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
  /** True: that proof is refused from the act on, so whenever it was looked at it must fail. */
  readonly refusesProof: (source: Source) => boolean;
  readonly setups?: readonly Setup[];
  readonly prepare: (preparing: Preparing) => Promise<() => Promise<Outcome>>;
}

/** `either`: whether it still works is not for this act to say. */
export type Fate = 'ended' | 'kept' | 'either';

/** What the act does to a credential that was begun before it. */
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
