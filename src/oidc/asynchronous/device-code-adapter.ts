// Adapter for device codes (RFC 8628). oidc-provider reads a code and saves it later; here the store
// lets exactly one browser take the user code, and records exactly one decision, on any number of
// nodes:
//
// step      decided by                               a second request
// take      consume of the entry of the user code    UserCodeTaken
// decision  claim of its key                         UserCodeTaken
// tokens    consume of the device code               invalid_grant
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { adapterWith } from '#oidc/adapters/adapter.ts';
import { ttlOf } from '#oidc/adapters/short-lived-adapter.ts';
import type { SignInOrganization } from '#oidc/access-control/organization.ts';
import { currentRoute, providerContext } from '#oidc/provider-context.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import { requireText, seconds } from '#oidc/adapters/payload.ts';
import type { PollingLimit } from './polling.ts';

/** Another browser has taken the code, or has already decided. */
export class UserCodeTaken extends errors.InvalidRequest {
  constructor() {
    super('the user code was already used');
  }
}

export interface DeviceCodeAdapterDependencies {
  readonly store: ShortLivedStore;
  readonly facts: RequestFacts;
  readonly organization: SignInOrganization;
  readonly polling: PollingLimit;
  readonly now: () => Date;
}

export function createDeviceCodeAdapter(dependencies: DeviceCodeAdapterDependencies): Adapter {
  const { store, facts, organization, now } = dependencies;
  return adapterWith({
    async upsert(id, payload, expiresIn = 0) {
      // The device belongs to no browser session; only its approval took place in one.
      const { jti: _jti, sid: _sid, sessionUid: _uid, ...content } = payload;
      const userCode = requireText(payload.userCode, 'userCode');
      const ttlSeconds = ttlOf(expiresIn);
      await proveFirst(dependencies, { id, payload, userCode, ttlSeconds });
      const organizationId = organization.requested(payload.accountId);
      const stored = { ...content, ...(organizationId ? { organizationId } : {}) };
      await Promise.all([
        store.put('DeviceCode', id, stored, ttlSeconds),
        isNew(payload)
          ? store.put('UserCode', userCode, { deviceCode: id }, ttlSeconds)
          : undefined,
      ]);
    },
    async find(id) {
      const stored = await store.get('DeviceCode', id);
      if (!stored) return undefined;
      const code: AdapterPayload = { ...stored, jti: id };
      await limitPolling(dependencies, code, id);
      facts.expect({ userId: code.accountId, grantId: code.grantId, sessionUid: undefined });
      organization.remember(stored['organizationId']);
      return code;
    },
    async findByUserCode(userCode) {
      const entry = await store.get('UserCode', userCode);
      const id = entry?.['deviceCode'];
      const stored = typeof id === 'string' ? await store.get('DeviceCode', id) : undefined;
      if (!entry || !stored) return undefined;
      const inFlight = stored['inFlight'] === true || entry['consumed'] !== undefined;
      return { ...stored, jti: String(id), ...(inFlight ? { inFlight } : {}) };
    },
    async consume(id) {
      if (await store.consume('DeviceCode', id, now())) return;
      throw new errors.InvalidGrant('device code was already used');
    },
    // No work is needed: every lookup checks the row of the grant.
    async revokeByGrantId() {},
  });
}

interface Saved {
  readonly id: string;
  readonly payload: AdapterPayload;
  readonly userCode: string;
  readonly ttlSeconds: number;
}

/** @throws UserCodeTaken unless this request is the first to take the code, or to decide */
async function proveFirst(
  { store, now }: DeviceCodeAdapterDependencies,
  { id, payload, userCode, ttlSeconds }: Saved,
): Promise<void> {
  if (isNew(payload)) return;
  const decides = isDecided(payload);
  // The browser that has taken the code may decide without taking it again.
  const takes = !(decides && payload['inFlight'] === true);
  if (takes && !(await store.consume('UserCode', userCode, now()))) throw new UserCodeTaken();
  if (!decides) return;
  if (!(await store.claim('UserCode', `decision ${id}`, ttlSeconds))) throw new UserCodeTaken();
}

/** oidc-provider refuses polls by another client and polls with an expired code. */
async function limitPolling(
  { polling, now }: DeviceCodeAdapterDependencies,
  code: AdapterPayload,
  id: string,
): Promise<void> {
  const remainingSeconds = (code.exp ?? 0) - seconds(now());
  const isOwn = providerContext()?.oidc.client?.clientId === code.clientId;
  if (currentRoute() !== 'token' || !isOwn || isDecided(code) || remainingSeconds <= 0) return;
  await polling.admit(id, remainingSeconds);
}

function isDecided({ accountId, error }: AdapterPayload): boolean {
  return accountId !== undefined || error !== undefined;
}

function isNew(payload: AdapterPayload): boolean {
  return payload['inFlight'] !== true && !isDecided(payload);
}
