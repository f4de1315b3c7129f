// Patch: oidc-provider does not deliver back-channel logout itself. It would try once, while the user waits.
// By then, the statement that ended the session has already added the notifications to the outbox
// (core/outbox/worker.service.ts).
import type Provider from 'oidc-provider';

export function stopBackchannelDelivery(provider: Provider): void {
  provider.Client.prototype.backchannelLogout = async () => {};
}
