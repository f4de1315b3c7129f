// Patch: oidc-provider does not deliver back-channel logout itself. It would notify clients once,
// while the user waits. By then the end of the session has already written the notifications to the
// outbox (core/outbox/worker.service.ts).
import type Provider from 'oidc-provider';

export function stopBackchannelDelivery(provider: Provider): void {
  provider.Client.prototype.backchannelLogout = async () => {};
}
