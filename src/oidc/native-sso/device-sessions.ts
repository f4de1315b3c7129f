// Finds the session that an ID token and a device secret identify together (OpenID Connect Native SSO 1.0
// §4.3): a live session of an active user, started by an app of the same group.
import type { Provider } from 'oidc-provider';
import { nativeSsoGroupOf } from '#core/clients/client-policies.ts';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Session } from '#core/sessions/session-rows.store.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { refusalOf } from '#oidc/access-control/client-access.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import { readOwnIdToken } from '#oidc/patches/private-members.ts';
import { deviceSecretHash, type DeviceSecrets } from './device-secrets.ts';
import type { SsoRequest } from './sso-request.ts';

export interface DeviceSessionDependencies {
  readonly provider: Provider;
  readonly clients: Clients;
  readonly facts: RequestFacts;
  readonly subjectStatus: SubjectStatusService;
  readonly secrets: DeviceSecrets;
  readonly now: () => Date;
}

export interface ProvenSession {
  readonly session: Session;
  readonly userId: string;
  /** The grant of the app that signed the user in. */
  readonly grantId: string;
  readonly ownerId: string;
}

export async function findDeviceSession(
  dependencies: DeviceSessionDependencies,
  client: Client,
  { idToken, deviceSecret }: SsoRequest,
): Promise<ProvenSession | undefined> {
  const { facts, secrets } = dependencies;
  const group = nativeSsoGroupOf(client.metadata);
  const read = await readIdToken(dependencies, idToken);
  if (!read || group === undefined || nativeSsoGroupOf(read.owner.metadata) !== group) {
    return undefined;
  }
  const { owner, claims } = read;
  if (claims['ds_hash'] !== deviceSecretHash(deviceSecret)) return undefined;
  const session = await facts.session(secrets.sessionUidIn(deviceSecret));
  const { userId } = session ?? {};
  if (!session || session.impersonation || userId === undefined) return undefined;
  if (!secrets.isOf(deviceSecret, { sessionUid: session.uid, userId, group })) return undefined;
  const { clientId: ownerId } = owner;
  const { sid, grantId } = session.authorizations[ownerId] ?? {};
  if (grantId === undefined || sid === undefined || sid !== claims['sid']) return undefined;
  const involved = [client, owner];
  if (!(await areActive(dependencies, { session, userId, involved }))) return undefined;
  return { session, userId, grantId, ownerId };
}

/** The claims of an unexpired ID token of this server. */
async function readIdToken(
  { provider, clients, now }: DeviceSessionDependencies,
  idToken: string,
): Promise<{ owner: Client; claims: Readonly<Record<string, unknown>> } | undefined> {
  const claims = await readOwnIdToken(provider, idToken);
  if (!claims || Number(claims['exp']) * 1000 <= now().getTime()) return undefined;
  const owner = await clients.find(String(claims['aud']));
  return owner && { owner, claims };
}

async function areActive(
  { facts, subjectStatus }: DeviceSessionDependencies,
  {
    session,
    userId,
    involved,
  }: { readonly session: Session; readonly userId: string; readonly involved: readonly Client[] },
): Promise<boolean> {
  const { user, assignments, notBefore } = await facts.user(userId);
  const since = session.signedInAt;
  if (!user || !since) return false;
  return involved.every(
    (each) =>
      subjectStatus.isActive({ user, notBefore }, each, since) &&
      !refusalOf(each, assignments, undefined),
  );
}
