// Fetches, stores and refreshes clients whose id is the URL of their metadata. They are stored like other
// clients, so that they can be blocked, and so that consent, sessions and lists need no special case.
import type { Config } from '#config/config.ts';
import type { Client, NewClient } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { applyProfile } from '#core/clients/profiles/violations.ts';
import { AppError, isAppError } from '#platform/errors.ts';
import { checkJson } from '#platform/strict-json.ts';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { applyPolicy, type Metadata } from '#features/client-registration/registration-policy.ts';
import { RegistrationRefusal } from '#features/client-registration/registration-refusal.ts';
import {
  changedMembers,
  changedMetadata,
  policyOf,
  type ProtocolRules,
} from '#features/client-registration/registration-request.service.ts';
import type { RegistrationStore } from '#features/client-registration/registrations.store.ts';
import {
  freshSecondsOf,
  isDocumentUrl,
  isOnPermittedHost,
  maxDocumentBytes,
  readDocument,
} from './client-document.ts';
import type { ClientDocumentStore, DocumentTimes } from './client-documents.store.ts';

export interface ClientDocumentDependencies {
  readonly config: Config;
  readonly clients: Clients;
  readonly clientStore: ClientStore;
  readonly blocking: Blocking;
  readonly clientDocumentStore: ClientDocumentStore;
  readonly registrationStore: RegistrationStore;
  readonly fetch: OutboundFetch;
  readonly now: () => Date;
}

type Dependencies = ClientDocumentDependencies;

const fetchMilliseconds = 2500;
/**
 * Maximum number of concurrent fetches in this process; further ones are refused, because anyone can cause a
 * fetch.
 */
const maxFetches = 20;
/** How long a stored document is used if it cannot be fetched again. */
const staleMilliseconds = 24 * 60 * 60 * 1000;

interface Fetched extends DocumentTimes {
  readonly metadata: Metadata;
}

export function createClientDocuments(dependencies: Dependencies) {
  const { config, clients, clientStore, clientDocumentStore, now } = dependencies;
  /** The refreshes in progress, by client id; each ends when the client is stored. */
  const refreshing = new Map<string, Promise<void>>();

  async function refreshOnce(...[clientId, known, rules]: Parameters<typeof refresh>) {
    const running = refreshing.get(clientId);
    if (running) return running;
    if (refreshing.size >= maxFetches) {
      throw new AppError('overloaded', 'Too many clients are being looked up.');
    }
    const started = refresh(clientId, known, rules).finally(() => refreshing.delete(clientId));
    refreshing.set(clientId, started);
    return started;
  }

  async function refresh(
    clientId: string,
    known: Client | undefined,
    rules: ProtocolRules,
  ): Promise<void> {
    try {
      const fetched = await fetchDocument(dependencies, clientId);
      await (known
        ? update(dependencies, known, fetched, rules)
        : create(dependencies, clientId, fetched, rules));
    } catch (error) {
      // Another request or node stored it at the same time.
      if (isAppError(error, 'conflict')) return;
      throw error instanceof RegistrationRefusal
        ? new AppError('invalid_input', error.message, { cause: error })
        : error;
    }
  }

  return {
    isDocumentId: (clientId: string): boolean =>
      isDocumentUrl(clientId) && isOnPermittedHost(clientId, config.clientIdMetadataDocuments),

    async resolve(clientId: string, rules: ProtocolRules): Promise<Client | undefined> {
      const known = await clientStore.find(clientId);
      const isOurs = known === undefined || known.origin === 'document';
      if (!isOurs || known?.disabledAt) return clients.find(clientId);
      const times = known && (await clientDocumentStore.find(clientId));
      if (times && times.freshUntil > now()) return clients.find(clientId);
      try {
        await refreshOnce(clientId, known, rules);
      } catch (error) {
        const isUsable = times && now().getTime() - times.fetchedAt.getTime() < staleMilliseconds;
        if (!isUsable || !(error instanceof AppError)) throw error;
      }
      return clients.find(clientId);
    },
  };
}

export type ClientDocumentService = ReturnType<typeof createClientDocuments>;

/** @throws RegistrationRefusal, or AppError `invalid_input` */
async function fetchDocument({ fetch, now }: Dependencies, clientId: string): Promise<Fetched> {
  const fetchedAt = now();
  let answer: Response;
  let document: unknown;
  try {
    const signal = AbortSignal.timeout(fetchMilliseconds);
    const headers = { accept: 'application/json' };
    answer = await fetch(clientId, { headers, signal, maxBytes: maxDocumentBytes });
    const isJson = /^application\/(?:[\w.-]+\+)?json(?:;|$)/i.test(
      answer.headers.get('content-type') ?? '',
    );
    // A redirect counts as a response with another status.
    if (answer.status !== 200 || !isJson) throw new TypeError('no metadata document');
    const text = await answer.text();
    checkJson(text);
    document = JSON.parse(text);
  } catch (cause) {
    const message = 'The metadata document of the client cannot be fetched.';
    throw new AppError('invalid_input', message, { cause });
  }
  const freshSeconds = freshSecondsOf(answer.headers.get('cache-control'));
  return {
    metadata: readDocument(clientId, document),
    fetchedAt,
    freshUntil: new Date(fetchedAt.getTime() + freshSeconds * 1000),
  };
}

async function create(
  dependencies: Dependencies,
  clientId: string,
  fetched: Fetched,
  rules: ProtocolRules,
): Promise<void> {
  const { config, clients, clientDocumentStore, registrationStore } = dependencies;
  const client: NewClient = {
    clientId,
    secretHash: undefined,
    firstParty: false,
    resources: [],
    metadata: applyPolicy(fetched.metadata, policyOf({ config, rules })),
    origin: 'document',
    createdAt: fetched.fetchedAt,
  };
  await rules.validate(client);
  await clients.create(client, { kind: 'anonymous' }, async (tx) => {
    if (await registrationStore.exceeds(config.clientRegistrationLimit, tx)) {
      throw new AppError('overloaded', 'No more clients can be registered at present.');
    }
    await clientDocumentStore.save(clientId, fetched, tx);
  });
}

async function update(
  dependencies: Dependencies,
  before: Client,
  fetched: Fetched,
  rules: ProtocolRules,
): Promise<void> {
  const { config, blocking, clientStore, clientDocumentStore } = dependencies;
  const { clientId } = before;
  const policy = policyOf({ config, rules }, before);
  const requested = applyPolicy(fetched.metadata, policy);
  const metadata = applyProfile(changedMetadata(before, requested, policy));
  const members = changedMembers(before.metadata, metadata);
  if (members.length === 0) return clientDocumentStore.save(clientId, fetched);
  const after = await rules.validate({ ...before, metadata });
  await blocking.changeClient({
    clientId,
    event: 'client.updated',
    details: { members },
    conferredScope: metadata.scope,
    revokes: rules.endsAccess(before, after),
    by: { kind: 'client', id: clientId },
    async write(tx, at) {
      await clientDocumentStore.save(clientId, fetched, tx);
      return clientStore.replace(before, after, at, tx);
    },
  });
}
