// Adapter for backchannel authentication requests (OpenID CIBA). A request and its decision are rows in
// PostgreSQL: oidc-provider stores a request once, and at each poll reads it with the decision that the user
// made in the account (backchannel-decisions.ts).
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import type { BackchannelRequestLog } from '#core/backchannel-requests/backchannel-requests.service.ts';
import type {
  BackchannelRequest,
  BackchannelRequestStore,
} from '#core/backchannel-requests/backchannel-requests.store.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { readDetails, type Detail } from '#core/consents/authorization-details.ts';
import { adapterWith } from '#oidc/adapters/adapter.ts';
import { requireText, seconds } from '#oidc/adapters/payload.ts';
import { currentRoute, providerContext } from '#oidc/provider-context.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import type { PollingLimit } from './polling.ts';

export interface BackchannelAdapterDependencies {
  readonly requests: BackchannelRequestStore;
  readonly log: BackchannelRequestLog;
  readonly facts: RequestFacts;
  readonly subjectStatus: Pick<SubjectStatusService, 'isActive'>;
  readonly polling: PollingLimit;
  readonly now: () => Date;
}

export function createBackchannelAdapter(dependencies: BackchannelAdapterDependencies): Adapter {
  const { requests, log, polling, now } = dependencies;
  return adapterWith({
    async upsert(id, payload, expiresIn = 0) {
      const { params = {}, scope, claims, nonce, resource } = payload;
      const { client_notification_token: token, request: _, ...shown } = params;
      const message = shown['binding_message'];
      const received = await log.receive({
        secret: id,
        userId: requireText(payload.accountId, 'accountId'),
        clientId: requireText(payload.clientId, 'clientId'),
        content: { params: shown, scope, claims, nonce, resource },
        bindingMessage: typeof message === 'string' ? message : undefined,
        address: providerContext()?.ip,
        notificationToken: typeof token === 'string' ? token : undefined,
        expiresAt: new Date(now().getTime() + expiresIn * 1000),
      });
      if (!received)
        throw new errors.AccessDenied('too many requests are waiting for the End-User');
    },
    async find(id) {
      const request = await requests.findBySecret(id);
      if (!request) return undefined;
      const payload = { ...payloadOf(request, id), ...(await endedBy(dependencies, request)) };
      const remainingSeconds = (payload.exp ?? 0) - seconds(now());
      const isOwn = providerContext()?.oidc.client?.clientId === request.clientId;
      const isPending = request.decision === undefined && payload.error === undefined;
      if (currentRoute() === 'token' && isOwn && isPending && remainingSeconds > 0) {
        await polling.admit(id, remainingSeconds);
      }
      return payload;
    },
    async consume(id) {
      if (await requests.consume(id, now())) return;
      throw new errors.InvalidGrant('backchannel authentication request was already used');
    },
    // No work is needed: every lookup checks the row of the grant.
    async revokeByGrantId() {},
  });
}

/** A pending request ends when its user is blocked or signed out everywhere. */
async function endedBy(
  { facts, subjectStatus }: BackchannelAdapterDependencies,
  { userId, decision, createdAt }: BackchannelRequest,
): Promise<Pick<AdapterPayload, 'error' | 'errorDescription'>> {
  if (decision !== undefined) return {};
  const { user, notBefore } = await facts.user(userId);
  if (user && subjectStatus.isActive({ user, notBefore }, null, createdAt)) return {};
  return { error: 'access_denied', errorDescription: 'End-User may no longer decide' };
}

function payloadOf(request: BackchannelRequest, id: string): AdapterPayload {
  const { content, decision, authTime, amr, acr, grantId, isConsumed } = request;
  const rar = decision === 'approved' ? detailsIn(content) : [];
  const denied = { error: 'access_denied', errorDescription: 'End-User denied the request' };
  return {
    ...content,
    jti: id,
    kind: 'BackchannelAuthenticationRequest',
    clientId: request.clientId,
    accountId: request.userId,
    iat: seconds(request.createdAt),
    exp: seconds(request.expiresAt),
    ...(grantId === undefined ? {} : { grantId }),
    ...(rar.length === 0 ? {} : { rar: [...rar] }),
    ...(acr === undefined ? {} : { acr }),
    ...(amr === undefined ? {} : { amr: [...amr] }),
    ...(authTime === undefined ? {} : { authTime: seconds(authTime) }),
    ...(decision === 'denied' ? denied : {}),
    ...(isConsumed ? { consumed: true } : {}),
  };
}

/** The authorization details (RFC 9396) of the request, all of which an approval allows. */
function detailsIn({ params }: BackchannelRequest['content']): readonly Detail[] {
  const { authorization_details: details }: Record<string, unknown> = Object(params);
  return readDetails(details);
}
