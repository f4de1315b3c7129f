// A wave is several simultaneous rounds, so that their sign-ins share one queue. A round is one
// user, the requests of that user, and one revocation while these run. All choices derive from the
// seed of the wave.
import { setTimeout as pause } from 'node:timers/promises';
import { actsOnParts } from './partial-revocations.ts';
import { actsOnUsers, everybodySignedOut } from './user-revocations.ts';
import type { Act, Outcome } from './revocation-types.ts';
import { checkRound, signInAgain } from './checks.ts';
import { createSubject, type Setup, type Subject } from './subjects.ts';
import { createRandom, type Random } from './random.ts';
import { kindsFor, prepare, type PlannedRequest, type RequestKind } from './requests.ts';
import type { Results } from './results.ts';
import type { RaceEnvironment } from './environment.ts';

export const roundsPerWave = 12;
/** Sign-ins are sent within this time, and the revocation at some moment of the longer one. */
const requestMilliseconds = 400;
const actMilliseconds = 2200;
const closeMilliseconds = 100;
/** Every so many waves all users are signed out; other revocations cannot run in such a wave. */
const wavesPerSignOut = 6;
const setups: readonly [Setup, ...Setup[]] = [
  'password',
  'password',
  'email code',
  'second factor',
  'passkey',
];
/**
 * The first node receives most requests, so that its queue is long; the second one receives the
 * revocations.
 */
const firstNodeShare = 0.8;
const promisedMilliseconds = 1000;

interface Plan {
  readonly act: Act;
  readonly actAtMilliseconds: number;
  readonly setup: Setup;
  readonly requests: readonly PlannedRequest[];
  /** A block is lifted before the last check. */
  readonly reopens: boolean;
}

export interface WaveOptions {
  readonly seed: number;
  readonly tally: Results;
  /** Only revocations whose name contains this text; an empty text selects all. */
  readonly actName: string;
}

export async function runWave(
  world: RaceEnvironment,
  { seed, tally, actName }: WaveOptions,
): Promise<void> {
  const random = createRandom(seed);
  const plans = planWave(random, seed, actName);
  const operator = await world.operator();
  const bystander = await world.app('bystander', { first_party: true });
  let everyone: Promise<Outcome> | undefined;
  const shared = (work: () => Promise<Outcome>) => (everyone ??= work());

  async function makeReady(plan: Plan) {
    const { setup, act } = plan;
    const subject = await createSubject(world, { setup, bystander, random });
    const sends = await Promise.all(
      plan.requests.map((planned) => prepare({ world, subject, planned })),
    );
    const perform = await act.prepare({ world, subject, operator, shared });
    return { plan, subject, sends, perform };
  }

  // On a busy machine the preparation may fail; it is repeated with another user.
  const rounds = await Promise.all(
    plans.map((plan) => makeReady(plan).catch(() => makeReady(plan))),
  );

  await Promise.all(
    rounds.map(async ({ plan, subject, sends, perform }) => {
      const requests = plan.requests.map(async ({ atMilliseconds }, at) => {
        await pause(atMilliseconds);
        // A refusal may end the flow at any step; credentials obtained until then are kept.
        await sends[at]?.().catch(() => undefined);
        return performance.now();
      });
      await pause(plan.actAtMilliseconds);
      const finish = async () =>
        finishRound({ world, seed, tally, plan, subject }, await perform(), requests);
      await finish().catch((error: unknown) => tally.aborted(plan.act.name, seed, String(error)));
      await Promise.all(requests);
    }),
  );
}

interface Finishing {
  readonly world: RaceEnvironment;
  readonly seed: number;
  readonly tally: Results;
  readonly plan: Plan;
  readonly subject: Subject;
}

async function finishRound(
  { world, seed, tally, plan, subject }: Finishing,
  first: Outcome,
  requests: readonly Promise<number>[],
): Promise<void> {
  const { act } = plan;
  const check = { world, seed, tally, act, subject };
  let outcome = first;
  const isOpen = () => outcome.worksFrom <= performance.now();
  const isReopened = plan.reopens && outcome.reopen !== undefined;
  const worksAtOnce = isOpen() && !isReopened;
  // Grants consent again, on which sign-ins in progress would rely.
  const allowsAgain = act.reach === 'app' || act.reach === 'grant';
  if (worksAtOnce && !allowsAgain) await signInAgain(check, outcome);
  const answers = await Promise.all(requests);
  if (worksAtOnce && allowsAgain) await signInAgain(check, outcome);
  tally.counts.lateAnswers += answers.filter((at) => at > outcome.answeredAt).length;
  await pauseUntil(outcome.answeredAt + promisedMilliseconds);
  if (isReopened && outcome.reopen) {
    await checkRound(check, outcome, { onlyRepeatable: true });
    await outcome.reopen();
    outcome = { ...outcome, worksFrom: performance.now() };
    await signInAgain(check, outcome);
  } else if (!isOpen() && Number.isFinite(outcome.worksFrom)) {
    await checkRound(check, outcome, { onlyRepeatable: true });
    await pauseUntil(outcome.worksFrom + 50);
    await signInAgain(check, outcome);
  }
  await checkRound(check, outcome, { onlyRepeatable: false });
  tally.round(act.name);
}

async function pauseUntil(moment: number): Promise<void> {
  await pause(Math.max(0, moment - performance.now()));
}

function planWave(random: Random, seed: number, actName: string): readonly Plan[] {
  const all = [...actsOnUsers, ...actsOnParts];
  const wanted = all.filter(({ name }) => name.includes(actName));
  const isSignOut = seed % wavesPerSignOut === 0 && wanted.length === all.length;
  const actAtMilliseconds = random.below(actMilliseconds);
  const drawn = random.shuffled(wanted.length > 0 ? wanted : all);
  return Array.from({ length: roundsPerWave }, (_, turn) => {
    if (isSignOut) return planRound(random, everybodySignedOut, actAtMilliseconds);
    const act = drawn[turn % drawn.length] ?? everybodySignedOut;
    return planRound(random, act, random.below(actMilliseconds));
  });
}

function planRound(random: Random, act: Act, actAtMilliseconds: number): Plan {
  const [first, ...others] = act.setups ?? setups;
  const setup = random.oneOf([first ?? 'password', ...others]);
  const numbers = new Map<RequestKind, number>();
  const requests = kindsFor(setup).flatMap((kind) => {
    const number = numbers.get(kind) ?? 0;
    numbers.set(kind, number + 1);
    const planned = planRequest(random, { kind, number, act, actAtMilliseconds });
    return isUseful(kind, act) ? [planned] : [];
  });
  return { act, actAtMilliseconds, setup, requests, reopens: random.isLikely(0.5) };
}

/** A consent given after the old ones were revoked is new and valid. */
function isUseful(kind: RequestKind, { reach }: Act): boolean {
  return kind !== 'consent answer' || (reach !== 'app' && reach !== 'grant');
}

interface Draft {
  readonly kind: RequestKind;
  readonly number: number;
  readonly act: Act;
  readonly actAtMilliseconds: number;
}

function planRequest(random: Random, draft: Draft): PlannedRequest {
  const { kind, number, act, actAtMilliseconds } = draft;
  // The first variant uses the held session, which matters when only that session ends.
  const isAboutHeld = act.reach === 'held session' || act.reach === 'signed-out session';
  // Requests without a password hash are fast, so they are sent close to the revocation.
  const close = actAtMilliseconds - closeMilliseconds + random.below(2 * closeMilliseconds);
  return {
    kind,
    number,
    node: random.isLikely(firstNodeShare) ? 0 : 1,
    atMilliseconds: waitsInLine(kind) ? random.below(requestMilliseconds) : Math.max(0, close),
    isFirstWay: random.isLikely(isAboutHeld ? 0.9 : 0.5),
    redeems: random.isLikely(0.7),
  };
}

function waitsInLine(kind: RequestKind): boolean {
  return kind.startsWith('password');
}
