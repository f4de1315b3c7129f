// Actions on one client: edit, new secret, block, unblock, delete.
import type { Client } from '#core/clients/clients.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { Context } from '#http/context.ts';
import type { Form } from '#http/request/input.ts';
import type { ClientChanges } from '#oidc/clients/client-changes.ts';
import { AppError } from '#platform/errors.ts';
import type { Block, Field } from '#features/admin/page/page-model.ts';
import { receiptPage } from '#features/admin/page/receipt.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import { requireVersion, versionField } from '#features/admin/panel/versions.pages.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import type { Outcome, Panel } from '#features/admin/panel/panel.pages.ts';
import { requireClient } from './client-detail.pages.ts';
import { clientPath, clientsPath, isBuiltIn, nameOf } from './client-list.pages.ts';
import { changedGrants } from './client-grants.pages.ts';
import { changedSecurity } from './security/security-fields.pages.ts';
import { changesOf, editFields } from './client-form.pages.ts';

export interface ClientActionDependencies {
  readonly clientStore: ClientStore;
  readonly clientChanges: ClientChanges;
  readonly blocking: Blocking;
}

interface ClientAction {
  readonly name: string;
  readonly title: (client: Client) => string;
  readonly lead: string;
  readonly submit: string;
  readonly isDangerous?: boolean;
  readonly fields?: (client: Client, form: Form | undefined) => readonly Field[];
  act(client: Client, visit: PanelVisit, form: Form): Promise<Outcome>;
}

export function addClientActions(panel: Panel, dependencies: ClientActionDependencies): void {
  const actions = [
    edit(dependencies),
    rotateSecret(dependencies),
    blockClient(dependencies),
    unblock(dependencies),
    remove(dependencies),
  ];
  for (const action of actions) addClientAction(panel, dependencies.clientStore, action);
}

function addClientAction(panel: Panel, store: ClientStore, action: ClientAction): void {
  async function find(ctx: Context): Promise<Client> {
    const client = await requireClient(store, String(ctx.params['clientId']));
    if (!isBuiltIn(client)) return client;
    // Not for the panel's own client: every administrator would lose the panel.
    throw new AppError('conflict', 'The client of this panel is built in.');
  }

  panel.action({
    path: `${clientsPath}/:clientId/${action.name}`,
    scope: 'clients:write',
    protection: 'reason',
    async show(ctx, _visit, form) {
      const client = await find(ctx);
      return {
        title: action.title(client),
        lead: action.lead,
        back: { label: nameOf(client), href: clientPath(client.clientId) },
        blocks: [
          {
            kind: 'form',
            fields: action.fields?.(client, form) ?? [],
            submit: action.submit,
            isDangerous: action.isDangerous,
            cancelHref: clientPath(client.clientId),
          },
        ],
      };
    },
    async act(ctx, visit, form) {
      const client = await find(ctx);
      return action.act(client, visit, form);
    },
  });
}

function backOf(client: Client) {
  return { label: nameOf(client), href: clientPath(client.clientId) };
}

function seen({ metadata, firstParty, updatedAt }: Client) {
  return { metadata, firstParty, updatedAt: updatedAt.toISOString() };
}

function edit({ clientChanges }: ClientActionDependencies): ClientAction {
  return {
    name: 'edit',
    title: (client) => `Edit ${nameOf(client)}`,
    lead: 'Tightening a setting also revokes tokens already issued to this client.',
    submit: 'Save',
    fields: (client, form) => [versionField(seen(client)), ...editFields(client, form)],
    async act(client, { actor }, form) {
      const changes = changesOf(form);
      const changeSeen = (before: Client) => {
        requireVersion(form, seen(before));
        return { ...changedGrants(form, before), ...changedSecurity(form, before), ...changes };
      };
      const changed = await clientChanges.update(client.clientId, changeSeen, actor);
      if (changed.isRevoked) {
        return receiptPage(changed.receipt, {
          title: `${nameOf(changed.client)} is changed, and its tokens are revoked`,
          back: backOf(changed.client),
        });
      }
      return { to: withNotice(clientPath(client.clientId), 'saved') };
    },
  };
}

const overlaps = [
  { value: '0', label: 'immediately' },
  { value: '3600', label: 'in an hour' },
  { value: '86400', label: 'in a day' },
  { value: '604800', label: 'in a week' },
];

function readOverlap(form: Form): number {
  return Number(overlaps.find(({ value }) => value === form.get('overlap'))?.value ?? 0);
}

function rotateSecret({ clientChanges }: ClientActionDependencies): ClientAction {
  return {
    name: 'secret',
    title: (client) => `A new secret for ${nameOf(client)}?`,
    lead: 'The old secret stops working at the time you choose.',
    submit: 'Make a new secret',
    isDangerous: true,
    fields: (_client, form) => [
      {
        name: 'overlap',
        label: 'The old secret stops working',
        type: 'select',
        value: form?.get('overlap') ?? '0',
        options: overlaps,
        hint: 'Until then both work, so that the client can switch without interruption.',
      },
      {
        name: 'revoke',
        label: 'Also revoke its grants and tokens, because the secret leaked',
        type: 'check',
        value: form?.get('revoke'),
      },
    ],
    async act(client, { actor }, form) {
      const revokes = form.get('revoke') === 'on';
      const { clientSecret = '' } = await clientChanges.rotateSecret(client.clientId, {
        revokes,
        overlapSeconds: readOverlap(form),
        by: actor,
      });
      const secret: Block = {
        kind: 'code',
        id: 'client-secret',
        title: 'New client secret',
        hint: 'Shown only once. Keep it where the application reads its secrets.',
        text: clientSecret,
      };
      return {
        title: `${nameOf(client)} has a new secret`,
        lead: revokes ? 'Its grants and tokens are revoked.' : 'Its grants and tokens stay valid.',
        back: backOf(client),
        blocks: [secret],
      };
    },
  };
}

function blockClient({ blocking }: ClientActionDependencies): ClientAction {
  return {
    name: 'block',
    title: (client) => `Block ${nameOf(client)}?`,
    lead: 'No user can sign in to it, and all its grants and tokens end immediately.',
    submit: 'Block client',
    isDangerous: true,
    async act(client, { actor }) {
      const receipt = await blocking.blockClient(client.clientId, actor);
      return receiptPage(receipt, {
        title: `${nameOf(client)} is blocked`,
        back: backOf(client),
      });
    },
  };
}

function unblock({ blocking }: ClientActionDependencies): ClientAction {
  return {
    name: 'unblock',
    title: (client) => `Unblock ${nameOf(client)}?`,
    lead: 'Its users can sign in again. Grants from before the block stay revoked.',
    submit: 'Unblock client',
    async act(client, { actor }) {
      await blocking.unblockClient(client.clientId, actor);
      return { to: withNotice(clientPath(client.clientId), 'unblocked') };
    },
  };
}

function remove({ clientChanges }: ClientActionDependencies): ClientAction {
  return {
    name: 'delete',
    title: (client) => `Delete ${nameOf(client)}?`,
    lead: 'The registration, the consents of its users, its grants and tokens are deleted. This can’t be undone. To stop the client temporarily, block it.',
    submit: 'Delete client',
    isDangerous: true,
    async act(client, { actor }) {
      const receipt = await clientChanges.remove(client.clientId, actor);
      return receiptPage(receipt, {
        title: `${nameOf(client)} is deleted`,
        back: { label: 'Clients', href: clientsPath },
      });
    },
  };
}
