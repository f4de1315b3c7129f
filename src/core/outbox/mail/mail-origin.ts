// Adds to a notice the device and the address of the request that caused it, so that the user can
// tell whether it was theirs.
import type { AuditActor } from '#core/audit/audit.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { Mail } from './mail.ts';

/** The act of a request, and the user whom the mail is for. */
export interface Act {
  readonly by: AuditActor;
  readonly userId: string;
}

/** What an administrator or a job does is not shown with an address: it is not the user's. */
export function withOrigin(origin: RequestOriginSlot, mail: Mail, { by, userId }: Act): Mail {
  const request = origin.get();
  const isOwn = by.kind === 'anonymous' || (by.kind === 'user' && by.id === userId);
  if (!request || !isOwn) return mail;
  const device = describeDevice(request.device);
  return { ...mail, values: { ...mail.values, device, address: request.address } };
}
