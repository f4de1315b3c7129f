// Runs one relying party from its services to its result line, within a time limit. All
// processes that it started have ended when the line is printed.
import { rm } from 'node:fs/promises';
import { collectWorks } from '#test/support/app.ts';
import { createProcesses } from './processes.ts';
import type { Provider } from './provider.ts';
import type { RelyingParty } from './relying-party.ts';

export interface TrialOptions {
  readonly directory: string;
  readonly provider: Provider;
  /** Aborts when the whole run is interrupted. */
  readonly signal: AbortSignal;
}

export interface Result {
  readonly ok: boolean;
  readonly line: string;
}

/** The limit includes compilation on a machine that may be busy. */
const maxMinutes = 20;

export async function tryRelyingParty(
  relyingParty: RelyingParty,
  { directory, provider, signal }: TrialOptions,
): Promise<Result> {
  const limit = new AbortController();
  const tooLong = () => limit.abort(new Error(`not finished after ${maxMinutes} minutes`));
  const timer = setTimeout(tooLong, maxMinutes * 60_000);
  const bound = AbortSignal.any([signal, limit.signal]);
  const processes = createProcesses(directory, bound);
  const closing = collectWorks();
  const steps: string[] = [];
  let title = relyingParty.name;
  try {
    await untilAborted(bound, async () => {
      title = `${relyingParty.name} ${await relyingParty.install({ directory, processes })}`;
      const user = await provider.createUser(
        relyingParty.name.toLowerCase().replaceAll(/\W/g, '-'),
      );
      const passed = (step: string) => void steps.push(step);
      await relyingParty.drive({ directory, processes, provider, user, closing, passed });
    });
    return { ok: true, line: `${title}  ok  ${steps.join(', ')}` };
  } catch (error) {
    const reason = String(error instanceof Error ? error.message : error).replaceAll(/\s+/g, ' ');
    const after = steps.length > 0 ? `after ${steps.join(', ')}: ` : '';
    return { ok: false, line: `${title}  FAILED  ${after}${reason}` };
  } finally {
    clearTimeout(timer);
    await Promise.allSettled([closing.run(), processes.stop()]);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Rejects as soon as the signal aborts, whatever the work is waiting for. */
async function untilAborted(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  try {
    signal.throwIfAborted();
    await Promise.race([work(), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
