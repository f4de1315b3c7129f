// The pages at the end of a device's sign-in: approved, refused, or no longer possible. oidc-provider
// calls them; each says what to do next, because the browser itself has nowhere to return to.
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { viewOf } from '#features/interaction/registered-client.pages.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import type { Render } from '#http/rendering/render.ts';
import { defineView } from '#http/rendering/view.ts';
import { UserCodeTaken } from '#oidc/asynchronous/device-code-adapter.ts';
import type { ProviderPages } from '#oidc/provider-hooks.ts';

export interface DeviceApprovedLocals {
  readonly client: ClientView;
}

export const deviceApprovedView = defineView<DeviceApprovedLocals>(
  'device-authorization/device-approved',
);

export interface DeviceEndedLocals {
  readonly reason: EndReason;
  readonly heading: MessageKey;
  readonly lead: MessageKey;
  readonly againHref: string;
}

export const deviceEndedView = defineView<DeviceEndedLocals>('device-authorization/device-ended');

export interface DeviceOutcomeDependencies {
  readonly basePath: string;
  readonly render: Render;
  readonly clients: Clients;
  readonly audit: Audit;
}

export const devicePath = '/device';

const words = {
  denied: { heading: 'device-ended.denied.heading', lead: 'device-ended.denied.lead' },
  used: { heading: 'device-ended.used.heading', lead: 'device-ended.used.lead' },
  expired: { heading: 'device-ended.expired.heading', lead: 'device-ended.expired.lead' },
  refused: { heading: 'device-ended.refused.heading', lead: 'device-ended.refused.lead' },
  failed: { heading: 'device-ended.failed.heading', lead: 'device-ended.failed.lead' },
} as const satisfies Readonly<Record<string, { heading: MessageKey; lead: MessageKey }>>;

export type EndReason = keyof typeof words;

export function endedLocals(basePath: string, reason: EndReason): DeviceEndedLocals {
  return { reason, ...words[reason], againHref: `${basePath}${devicePath}` };
}

export function createDeviceOutcomes(
  dependencies: DeviceOutcomeDependencies,
): Pick<ProviderPages, 'deviceApproved' | 'deviceEnded'> {
  const { basePath, render, clients, audit } = dependencies;
  return {
    async deviceApproved(ctx) {
      const { clientId, userId } = partiesOf(ctx);
      const client = clientId === undefined ? undefined : await clients.find(clientId);
      if (!client || userId === undefined) throw new TypeError('an approved device has no user');
      await audit.append({
        event: 'device_code.approved',
        actor: { kind: 'user', id: userId },
        userId,
        clientId,
        sessionUid: ctx.oidc.session?.uid,
      });
      render(ctx, deviceApprovedView, { client: viewOf(client) });
    },
    async deviceEnded(ctx, error) {
      const reason = reasonOf(error);
      if (reason === 'denied') await auditDenial(audit, partiesOf(ctx));
      const status = reason === 'denied' ? 200 : reason === 'failed' ? ctx.status : 400;
      render(ctx, deviceEndedView, endedLocals(basePath, reason), { status });
    },
  };
}

interface Parties {
  readonly clientId: string | undefined;
  readonly userId: string | undefined;
}

export async function auditDenial(audit: Audit, { clientId, userId }: Parties): Promise<void> {
  const actor =
    userId === undefined
      ? ({ kind: 'anonymous' } as const)
      : ({ kind: 'user', id: userId } as const);
  await audit.append({ event: 'device_code.denied', actor, userId, clientId });
}

function partiesOf({ oidc }: KoaContextWithOIDC): Parties {
  const { DeviceCode: code } = oidc.entities;
  return {
    clientId: oidc.client?.clientId ?? code?.clientId,
    userId: oidc.session?.accountId,
  };
}

/** Reasons by the names of oidc-provider's error classes, which it does not export. */
const reasonsByName: ReadonlyMap<string, EndReason> = new Map<string, EndReason>([
  ['AbortedError', 'denied'],
  ['AlreadyUsedError', 'used'],
  ['ExpiredError', 'expired'],
  ['NotFoundError', 'expired'],
  ['SessionNotFound', 'expired'],
  ['InvalidClient', 'refused'],
]);

function reasonOf(error: Error | undefined): EndReason {
  if (error instanceof UserCodeTaken) return 'used';
  return reasonsByName.get(error?.name ?? '') ?? 'failed';
}
