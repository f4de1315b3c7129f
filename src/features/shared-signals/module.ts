// Shared Signals: notifies receivers of blocks, sign-outs and credential changes of their users, and ends
// sessions when an identity provider reports such an event.
import type { AuditChain } from '#core/audit/chain/audit-chain.service.ts';
import type { AuditSearchStore } from '#core/audit/audit-search.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import type { SubjectKey } from '#core/keys/subjects/subject-key.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { OutboxWorker } from '#core/outbox/worker.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { createIdentityStore } from '#features/federation/identities.store.ts';
import type { ActiveProviders } from '#features/identity-providers/active-providers.service.ts';
import { createOutboundAddresses, createOutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { createPolling } from './delivery/poll.service.ts';
import { createPushHandler } from './delivery/push-delivery.service.ts';
import { createSecurityEventTokens } from './delivery/security-event-tokens.service.ts';
import { createPollTokens } from './receiver/poll-tokens.service.ts';
import { createSignalPollCounter } from './receiver/signal-poll-metrics.ts';
import { createSignalPollStore } from './receiver/signal-polls.store.ts';
import { createSignalReception } from './receiver/signal-reception.service.ts';
import { createTransmitterKeys } from './receiver/transmitter-keys.service.ts';
import { createUnverifiedSignals } from './receiver/unverified-signals.service.ts';
import { createUpstreamPolls } from './receiver/upstream-polls.service.ts';
import { createSignalQueue } from './events/signal-queue.service.ts';
import { createSignalSubjectStore } from './events/signal-subjects.store.ts';
import { createSignalStore } from './events/signals.store.ts';
import { sharedSignalTables } from './shared-signals-tables.store.ts';
import { createStreamAdministration } from './streams/stream-administration.service.ts';
import { createStreamStore } from './streams/streams.store.ts';
import { createStreamService } from './streams/streams.service.ts';
import { createStreamSubjects } from './streams/stream-subjects.service.ts';

export const sharedSignalsModule: Module = {
  name: 'shared-signals',
  tables: sharedSignalTables,
  mails: [],
};

export interface SharedSignalsDependencies extends Runtime {
  readonly audit: Audit;
  readonly auditChain: AuditChain;
  readonly auditSearchStore: AuditSearchStore;
  readonly outbox: Outbox;
  readonly outboxWorker: OutboxWorker;
  readonly signingKeys: SigningKeys;
  readonly subjectKey: SubjectKey;
  readonly clients: Clients;
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly activeProviders: ActiveProviders;
}

export function createSharedSignalsModule(dependencies: SharedSignalsDependencies) {
  const { auditChain, outboxWorker, config, db } = dependencies;
  const { issuer, outboundAllow: allow } = config;
  const stores = {
    streamStore: createStreamStore(db),
    signalStore: createSignalStore(db),
    signalSubjects: createSignalSubjectStore(db),
  };
  const parts = {
    ...dependencies,
    ...stores,
    issuer,
    addresses: createOutboundAddresses({ allow }),
    fetch: createOutboundFetch({ allow, observation: dependencies.observation }),
  };
  const signalQueue = createSignalQueue(parts);
  const securityEventTokens = createSecurityEventTokens(parts);
  const streamService = createStreamService({ ...parts, signalQueue });
  auditChain.whenSealing(signalQueue.queue);
  outboxWorker.registerHandler(
    'signal',
    createPushHandler({ ...parts, signalQueue, securityEventTokens }),
  );
  const signalReception = createSignalReception({
    ...parts,
    identityStore: createIdentityStore(db),
    transmitterKeys: createTransmitterKeys(parts),
  });
  return {
    streamService,
    streamAdministration: createStreamAdministration({ ...parts, signalQueue }),
    streamSubjects: createStreamSubjects({ ...parts, streamService }),
    polling: createPolling({ ...parts, streamService, securityEventTokens }),
    signalReception,
    upstreamPolls: createUpstreamPolls({
      ...parts,
      signalReception,
      signalPollStore: createSignalPollStore(db),
      pollTokens: createPollTokens(parts),
      unverifiedSignals: createUnverifiedSignals(),
      polls: createSignalPollCounter(dependencies.metrics),
    }),
    signalStore: stores.signalStore,
  };
}
