// Clients that register themselves (RFC 7591, RFC 7592), the initial access tokens that permit it,
// and the issuers of software statements.
import type { Audit } from '#core/audit/audit.service.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { createOutboundAddresses, createOutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { clientRegistrationTables } from './client-registration-tables.store.ts';
import { createClientDocuments } from './documents/client-documents.service.ts';
import { createClientDocumentStore } from './documents/client-documents.store.ts';
import { createRegistrationStore } from './registrations.store.ts';
import { createSoftwareStatements } from './statements/software-statements.service.ts';
import { createStatementIssuers } from './statements/statement-issuers.service.ts';
import { createStatementIssuerStore } from './statements/statement-issuers.store.ts';
import { createInitialAccessTokens } from './tokens/initial-access-tokens.service.ts';
import { createInitialAccessTokenStore } from './tokens/initial-access-tokens.store.ts';
import { createUnusedClients } from './unused-clients.service.ts';

export const clientRegistrationModule: Module = {
  name: 'client-registration',
  tables: clientRegistrationTables,
  mails: [],
};

export interface ClientRegistrationModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly blocking: Blocking;
  readonly clients: Clients;
  readonly clientStore: ClientStore;
}

export function createClientRegistrationModule(dependencies: ClientRegistrationModuleDependencies) {
  const { config, db, observation, now } = dependencies;
  const { outboundAllow: allow } = config;
  const initialAccessTokenStore = createInitialAccessTokenStore(db);
  const registrationStore = createRegistrationStore(db);
  const fetch = createOutboundFetch({ allow, observation });
  const statementIssuers = createStatementIssuers({
    ...dependencies,
    statementIssuerStore: createStatementIssuerStore(db),
    addresses: createOutboundAddresses({ allow }),
    fetch,
  });
  return {
    initialAccessTokenStore,
    registrationStore,
    initialAccessTokens: createInitialAccessTokens({ ...dependencies, initialAccessTokenStore }),
    statementIssuers,
    softwareStatements: createSoftwareStatements({ statementIssuers, now }),
    clientDocuments: createClientDocuments({
      ...dependencies,
      clientDocumentStore: createClientDocumentStore(db),
      registrationStore,
      fetch,
    }),
    unusedClients: createUnusedClients({ ...dependencies, registrationStore }),
  };
}
