// The function that runs background jobs. Its event names one job, or all; a schedule invokes it.
import { setTimeout as pause } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import { backgroundJobs, type BackgroundJob } from '#server/lifecycle/background-jobs.ts';
import { loadCopies } from '#server/lifecycle/copies.ts';
import { createOidcProvider } from '#server/oidc-provider.ts';
import type { FunctionEnvironment } from './function.ts';

const jobsEvent = z.strictObject({
  /** The name of a job, `*` for all of them, or `setup-link`. */
  job: z.string(),
  /** Repeats the job for this time, because schedules run at most once a minute. */
  seconds: z.number().int().min(1).max(840).optional(),
});

export type JobsEvent = z.infer<typeof jobsEvent>;

export interface JobsResult {
  readonly jobs?: readonly string[];
  /** A single-use link for the first administrator; null if there is one already. */
  readonly setupLink?: string | null;
}

export type JobsHandler = (
  event: JobsEvent,
  context: Pick<Context, 'awsRequestId' | 'getRemainingTimeInMillis'>,
) => Promise<JobsResult>;

const repeatMilliseconds = 2000;
/** Time for recording results before the platform ends the invocation. */
const reserveMilliseconds = 5000;

export async function createJobsHandler(environment: FunctionEnvironment): Promise<JobsHandler> {
  const { services } = environment;
  // Registers the handler of the jobs that send logout tokens.
  await createOidcProvider(services);
  const jobs = backgroundJobs(services);

  return (event, context) =>
    environment.invoke(context.awsRequestId, async () => {
      const { job, seconds } = readEvent(event, jobs);
      await loadCopies(services);
      if (job === setupLink) return { setupLink: (await services.setup.issueLink()) ?? null };
      const left = context.getRemainingTimeInMillis() - reserveMilliseconds;
      const signal = AbortSignal.timeout(Math.max(0, left));
      const chosen = jobs.filter(({ name }) => job === everyJob || job === name);
      const failed = [];
      for (const each of chosen) {
        if (!(await runLogged(each, { seconds, signal }, services.log))) failed.push(each.name);
      }
      // Thrown, so that the platform counts and shows a failed invocation.
      if (failed.length > 0) throw new Error(`Failed jobs: ${failed.join(', ')}`);
      return { jobs: chosen.map(({ name }) => name) };
    });
}

const everyJob = '*';
const setupLink = 'setup-link';

/** @throws AppError `invalid_input` for anything but the name of a job */
function readEvent(event: unknown, jobs: readonly BackgroundJob[]): JobsEvent {
  const names = [...jobs.map(({ name }) => name), everyJob, setupLink];
  const parsed = jobsEvent.safeParse(event);
  if (parsed.success && names.includes(parsed.data.job)) return parsed.data;
  throw new AppError('invalid_input', `The event must name a job: ${names.join(', ')}`);
}

interface Run {
  readonly seconds: number | undefined;
  readonly signal: AbortSignal;
}

async function runLogged(
  job: BackgroundJob,
  run: Run,
  log: FunctionEnvironment['services']['log'],
): Promise<boolean> {
  const startedAt = performance.now();
  const { name } = job;
  try {
    await repeat(job, run);
    const ms = Math.round(performance.now() - startedAt);
    log.debug({ event: 'job.done', name, ms }, 'background job done');
    return true;
  } catch (err) {
    log.error(
      { event: 'job.failed', name, err },
      'a background job failed; the next run repeats it',
    );
    return false;
  }
}

async function repeat({ runDue }: BackgroundJob, { seconds, signal }: Run): Promise<void> {
  const until = performance.now() + (seconds ?? 0) * 1000;
  do {
    await runDue(signal);
    if (performance.now() + repeatMilliseconds > until) return;
    await pause(repeatMilliseconds, undefined, { signal }).catch(() => undefined);
  } while (!signal.aborted);
}
