// Adds to a notice the device and the address of the request that caused it, so that the user can
// tell whether it was theirs.
import type { AuditActor } from '#core/audit/audit.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { Mail } from './mail.ts';

/** The request that caused the notice, and the recipient. */
export interface Act {
  readonly by: AuditActor;
  readonly userId: string;
}

/** An act of an administrator or a job is shown without an address, which would not be the user's. */
export function withOrigin(origin: RequestOriginSlot, mail: Mail, { by, userId }: Act): Mail {
  const request = origin.get();
  const isOwn = by.kind === 'anonymous' || (by.kind === 'user' && by.id === userId);
  if (!request || !isOwn) return mail;
  const device = describeDevice(request.device);
  return { ...mail, values: { ...mail.values, device, address: request.address } };
}
