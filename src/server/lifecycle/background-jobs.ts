// The list of all background jobs: a server runs each of them until it stops, and scheduled functions run
// what is due (decision 0040). A job that is not listed here never runs.
import { refreshForever } from '#platform/refresh-loop.ts';
import type { Services } from '#server/composition.ts';
import { loadCopies } from './copies.ts';

export interface BackgroundJob {
  /** Identifies the job in scheduled events and in the log. */
  readonly name: string;
  /** Repeats until the signal. A failure is logged, and the work is tried again. */
  readonly runForever: (signal: AbortSignal) => Promise<void>;
  /** Does what is due now. Any number of processes may run this at once. */
  readonly runDue: (signal: AbortSignal) => Promise<unknown>;
}

export function backgroundJobs(services: Services): readonly BackgroundJob[] {
  const { cleanupJob, outboxWorker, logos, exportWriter, auditChain } = services;
  const { keyRotation, reencryption, upstreamPolls } = services;
  return [
    { name: 'cleanup', runForever: cleanupJob.runForever, runDue: cleanupJob.runDue },
    { name: 'outbox', runForever: outboxWorker.runForever, runDue: outboxWorker.deliverDue },
    { name: 'logos', runForever: logos.runForever, runDue: logos.run },
    { name: 'exports', runForever: exportWriter.runForever, runDue: exportWriter.makeDue },
    { name: 'audit', runForever: auditChain.runForever, runDue: auditChain.seal },
    { name: 'signals', runForever: upstreamPolls.runForever, runDue: upstreamPolls.runDue },
    { name: 'keys', runForever: keyRotation.runForever, runDue: keyRotation.runDue },
    { name: 'encryption', runForever: reencryption.runForever, runDue: reencryption.runDue },
  ];
}

/** Each promise settles after the signal, when its job has ended. */
export function startBackgroundJobs(
  services: Services,
  signal: AbortSignal,
): readonly Promise<void>[] {
  const load = () => loadCopies(services);
  return [
    ...backgroundJobs(services).map(({ runForever }) => runForever(signal)),
    refreshForever({ load, signal, log: services.log }),
  ];
}
