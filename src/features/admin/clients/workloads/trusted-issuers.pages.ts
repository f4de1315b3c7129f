// Adds an issuer whose JWTs authenticate a client, and removes one.
import type { Client } from '#core/clients/clients.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { ChangedClient, ClientChanges } from '#oidc/clients/client-changes.ts';
import {
  federatedCredentialsMember,
  jwtBearerGrant,
} from '#oidc/workloads/federated-credentials.ts';
import { AppError } from '#platform/errors.ts';
import { requireClient } from '#features/admin/clients/client-detail.pages.ts';
import {
  clientPath,
  clientsPath,
  isBuiltIn,
  nameOf,
} from '#features/admin/clients/client-list.pages.ts';
import type { Field, Link } from '#features/admin/page/page-model.ts';
import { receiptPage } from '#features/admin/page/receipt.ts';
import {
  addEntityActions,
  type Asked,
  type EntityAction,
} from '#features/admin/panel/entity-actions.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { Outcome, Panel } from '#features/admin/panel/panel.pages.ts';
import {
  conditionsOf,
  credentialFrom,
  issuerFields,
  issuerOf,
  keyOf,
  registeredCredentials,
} from './issuer-fields.pages.ts';

export interface TrustedIssuerDependencies {
  readonly clientStore: ClientStore;
  readonly clientChanges: ClientChanges;
}

type Changes = Readonly<Record<string, unknown>>;

export function addTrustedIssuers(panel: Panel, dependencies: TrustedIssuerDependencies): void {
  const { clientStore, clientChanges } = dependencies;
  addEntityActions<Client>(
    panel,
    {
      path: `${clientsPath}/:clientId/issuers`,
      scope: 'clients:write',
      async find(ctx) {
        const client = await requireClient(clientStore, String(ctx.params['clientId']));
        if (!isBuiltIn(client)) return client;
        throw new AppError('conflict', 'The client of this panel is built in.');
      },
      linkOf: backOf,
    },
    [addIssuer(clientChanges), removeIssuer(clientChanges)],
  );
}

function backOf(client: Client): Link {
  return { label: nameOf(client), href: clientPath(client.clientId) };
}

function addIssuer(clientChanges: ClientChanges): EntityAction<Client> {
  return {
    name: 'add',
    title: (client) => `Trust an issuer for ${nameOf(client)}`,
    lead: () =>
      'A JWT from the issuer that meets every condition gets an access token for this client.',
    submit: 'Trust issuer',
    fields: (_client, { form }) => issuerFields(form),
    async act({ clientId }, { visit, form }) {
      const added = credentialFrom(form);
      const changesOf = (before: Client) => withCredential(before, added);
      return outcomeOf(await clientChanges.update(clientId, changesOf, visit.actor));
    },
  };
}

function removeIssuer(clientChanges: ClientChanges): EntityAction<Client> {
  return {
    name: 'remove',
    title: (client) => `Stop trusting an issuer for ${nameOf(client)}?`,
    lead: () => 'Its JWTs are refused, and tokens obtained with them are revoked immediately.',
    submit: 'Stop trusting',
    isDangerous: true,
    fields: (client, asked) => [credentialField(client, asked)],
    async act({ clientId }, { visit, form }) {
      const changesOf = (before: Client) => withoutCredential(before, form.get('credential'));
      return outcomeOf(await clientChanges.update(clientId, changesOf, visit.actor));
    },
  };
}

/** Preselects the credential that the link or the previous form names, otherwise the first one. */
function credentialField(client: Client, { ctx, form }: Asked): Field {
  const options = registeredCredentials(client).map((each) => ({
    value: keyOf(each),
    label: `${issuerOf(each)}: ${conditionsOf(each).join(', ')}`,
  }));
  const named = form?.get('credential') ?? ctx.query['credential'];
  const isListed = options.some(({ value }) => value === named);
  return {
    name: 'credential',
    label: 'Issuer and conditions',
    type: 'select',
    value: isListed ? String(named) : options[0]?.value,
    options,
  };
}

function outcomeOf({ client, isRevoked, receipt }: ChangedClient): Outcome {
  if (!isRevoked) return { to: withNotice(clientPath(client.clientId), 'saved') };
  const title = `${nameOf(client)} is changed, and its tokens are revoked`;
  return receiptPage(receipt, { title, back: backOf(client) });
}

function withCredential(before: Client, added: object): Changes {
  const grants = grantsOf(before);
  return {
    ...(grants.includes(jwtBearerGrant) ? {} : { grant_types: [...grants, jwtBearerGrant] }),
    [federatedCredentialsMember]: [...registeredCredentials(before), added],
  };
}

/** @throws AppError `conflict` if it was removed meanwhile, or if the client would have no grant */
function withoutCredential(before: Client, key: string): Changes {
  const credentials = registeredCredentials(before);
  const kept = credentials.filter((each) => keyOf(each) !== key);
  if (kept.length === credentials.length) {
    throw new AppError('conflict', 'The issuer is no longer trusted for this client.');
  }
  if (kept.length > 0) return { [federatedCredentialsMember]: kept };
  const grants = grantsOf(before).filter((grant) => grant !== jwtBearerGrant);
  if (grants.length === 0) {
    const message = 'The client has no other way to obtain tokens. Block or delete it instead.';
    throw new AppError('conflict', message);
  }
  return { grant_types: grants, [federatedCredentialsMember]: null };
}

function grantsOf({ metadata }: Client): readonly unknown[] {
  const { grant_types: grants } = metadata;
  return Array.isArray(grants) ? grants : [];
}
