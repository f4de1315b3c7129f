// Polls identity providers that do not push their signals (RFC 8936). A received signal is handled as if it
// had been pushed, and acknowledged only afterwards. One process at a time polls a provider.
import { setTimeout as pause } from 'node:timers/promises';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import type { Log } from '#platform/logging/log.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { describeRequestFailure } from '#platform/outbound/request-failure.ts';
import {
  PollFailed,
  sendPoll,
  type HandledSignals,
  type PollAnswer,
  type PollRequest,
} from './poll-request.service.ts';
import type { SignalPollCounter } from './signal-poll-metrics.ts';
import type { PollTokens } from './poll-tokens.service.ts';
import type { PollClaim, SignalPollStore } from './signal-polls.store.ts';
import { describeRefusal, type SignalReception } from './signal-reception.service.ts';
import type { UnverifiedSignals } from './unverified-signals.service.ts';

export interface UpstreamPollDependencies {
  readonly activeProviders: { readonly list: readonly SignInProvider[] };
  readonly signalReception: SignalReception;
  readonly signalPollStore: SignalPollStore;
  readonly pollTokens: PollTokens;
  readonly unverifiedSignals: UnverifiedSignals;
  readonly polls: SignalPollCounter;
  readonly fetch: OutboundFetch;
  readonly log: Log;
  readonly now: () => Date;
}

/** The options of a run. */
interface Run {
  /** True if the provider may wait for signals before it responds. */
  readonly waits: boolean;
  readonly signal: AbortSignal;
}

/** Interval of the search for a provider that is due. */
const intervalMilliseconds = 1000;
/** Duration of a claim: longer than the run and one more request. */
const claimMilliseconds = 90_000;
const workMilliseconds = 20_000;
/** Minimum interval for a provider that responds at once without a signal that could be handled. */
const quietMilliseconds = 10_000;
const maxEvents = 25;
const firstRetryMilliseconds = 5000;
const maxRetryMilliseconds = 5 * 60_000;

export function createUpstreamPolls(dependencies: UpstreamPollDependencies) {
  const { activeProviders, log } = dependencies;

  function pollDue(run: Run, running: Set<string>): readonly Promise<void>[] {
    const polled = activeProviders.list.filter(
      ({ id, signals, signalsPollEndpoint }) =>
        signals === true && signalsPollEndpoint !== undefined && !running.has(id),
    );
    return polled.map(async (provider) => {
      running.add(provider.id);
      try {
        await pollIfDue(dependencies, provider, run);
      } catch (err) {
        // A store failed; the provider keeps the signals.
        const fields = { event: 'signals.poll_failed', name: provider.id, err };
        if (!run.signal.aborted) log.warn(fields, 'signals were not collected, will retry');
      } finally {
        running.delete(provider.id);
      }
    });
  }

  return {
    /** Polls the providers that are due. */
    async runDue(signal: AbortSignal): Promise<void> {
      await Promise.all(pollDue({ waits: false, signal }, new Set()));
    },
    /** Resolves after the signal, when the last poll has ended. */
    async runForever(signal: AbortSignal): Promise<void> {
      const running = new Set<string>();
      const polls = new Set<Promise<void>>();
      while (!signal.aborted) {
        for (const poll of pollDue({ waits: true, signal }, running)) {
          polls.add(poll);
          void poll.finally(() => polls.delete(poll));
        }
        await pause(intervalMilliseconds, undefined, { signal, ref: false }).catch(() => undefined);
      }
      await Promise.all(polls);
    },
  };
}

export type UpstreamPolls = ReturnType<typeof createUpstreamPolls>;

async function pollIfDue(
  dependencies: UpstreamPollDependencies,
  provider: SignInProvider,
  run: Run,
): Promise<void> {
  const { signalPollStore, polls, log, now } = dependencies;
  const started = now();
  const until = later(started, claimMilliseconds);
  const { id, signalsPollEndpoint: endpoint = '' } = provider;
  const claim = await signalPollStore.claim({ id, endpoint }, until, started);
  if (!claim) return;
  try {
    const count = await pollAll(dependencies, provider, { ...run, started, claim });
    const dueAt = count > 0 ? now() : later(started, quietMilliseconds);
    await signalPollStore.markSucceeded(claim, dueAt, now());
    polls.add({ outcome: 'succeeded' });
  } catch (error) {
    // An aborted poll of a stopping process is not a failure.
    if (run.signal.aborted) return signalPollStore.release(claim, now());
    const dueAt = later(now(), retryMilliseconds(claim, error));
    const described = describeRequestFailure(error, 'provider');
    polls.add({ outcome: 'failed' });
    await signalPollStore.markFailed(claim, { dueAt, at: now(), error: described });
    const { failures } = claim;
    const fields = { event: 'signals.poll_failed', name: id, failures: failures + 1, err: error };
    log.warn(fields, 'signals were not collected, will retry');
  }
}

interface Work extends Run {
  readonly started: Date;
  readonly claim: PollClaim;
}

/** Returns how many signals were handled. @throws Error if a poll failed, or the stores */
async function pollAll(
  dependencies: UpstreamPollDependencies,
  provider: SignInProvider,
  work: Work,
): Promise<number> {
  const { activeProviders, now } = dependencies;
  // A provider that was changed meanwhile is polled again, with its new settings.
  const mayContinue = () =>
    now().getTime() - work.started.getTime() < workMilliseconds &&
    activeProviders.list.includes(provider);
  const ask = (request: PollRequest) => pollOnce(dependencies, provider, request, work.signal);
  // After a failure, one signal at a time: the response may have been too large.
  const limit = work.claim.failures === 0 ? maxEvents : 1;
  let handled: Outcome = { ack: [], setErrs: {} };
  let count = 0;
  for (;;) {
    const returnImmediately = !work.waits || count > 0;
    const answer = await ask({ ...resultsOf(handled), maxEvents: limit, returnImmediately });
    handled = await receiveAll(dependencies, provider, answer);
    count += sizeOf(handled);
    // A signal that could not be handled would be returned again at once.
    const mayFollow = answer.moreAvailable && sizeOf(handled) > 0 && mayContinue();
    if (handled.failure !== undefined || !mayFollow) break;
  }
  if (sizeOf(handled) > 0) {
    await ask({ ...resultsOf(handled), maxEvents: 0, returnImmediately: true });
  }
  if (handled.failure !== undefined) throw handled.failure;
  return count;
}

interface Outcome extends HandledSignals {
  /** The error because of which the rest was not handled. */
  readonly failure?: unknown;
}

function sizeOf({ ack, setErrs }: HandledSignals): number {
  return ack.length + Object.keys(setErrs).length;
}

function resultsOf({ ack, setErrs }: Outcome): HandledSignals {
  return { ack, setErrs };
}

/** An expired or revoked token is replaced once. @throws PollFailed */
async function pollOnce(
  { pollTokens, fetch, now }: UpstreamPollDependencies,
  provider: SignInProvider,
  request: PollRequest,
  signal: AbortSignal,
): Promise<PollAnswer> {
  const { signalsPollEndpoint: endpoint = '' } = provider;
  const send = async () => {
    const accessToken = await pollTokens.get(provider);
    return sendPoll({ fetch, endpoint, accessToken, now, signal }, request);
  };
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof PollFailed) || error.status !== 401) throw error;
    pollTokens.forget(provider);
    return send();
  }
}

/** Signals already handled are acknowledged even if a store fails at the next one. */
async function receiveAll(
  { signalReception, unverifiedSignals, log, now }: UpstreamPollDependencies,
  provider: SignInProvider,
  { sets }: PollAnswer,
): Promise<Outcome> {
  const ack: string[] = [];
  const setErrs: Record<string, { err: string; description: string }> = Object.create(null);
  for (const [jti, token] of sets) {
    try {
      const outcome = await signalReception.receive(provider.id, token, jti);
      if (outcome === 'accepted') {
        ack.push(jti);
        continue;
      }
      const { refused } = outcome;
      const isUnverified = refused === 'invalid_key';
      if (isUnverified && unverifiedSignals.mayBecomeValid(provider, jti, now())) continue;
      const fields = { event: 'signals.refused', name: provider.id, jti, reason: refused };
      log.warn(fields, 'a collected signal was refused');
      setErrs[jti] = { err: refused, description: describeRefusal(refused) };
    } catch (failure) {
      return { ack, setErrs, failure };
    }
  }
  return { ack, setErrs };
}

function retryMilliseconds({ failures }: PollClaim, error: unknown): number {
  const demanded = error instanceof PollFailed ? (error.pauseSeconds ?? 0) * 1000 : 0;
  const grown = firstRetryMilliseconds * 2 ** Math.min(failures, 10);
  return Math.max(demanded, Math.min(grown, maxRetryMilliseconds));
}

function later(at: Date, milliseconds: number): Date {
  return new Date(at.getTime() + milliseconds);
}
