// Carries a mail order: has it written in the person's language and hands it to the mail server, or
// to the development mailbox. When it is tried again is left to worker.service.ts.
import { checkEmail } from '#core/users/email-addresses.ts';
import { Undeliverable } from './outbox.ts';
import { MailRefused, type OutgoingMail, type WrittenMail } from '#platform/outbound/smtp.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Courier } from './worker.service.ts';
import type { MailOrder } from './outbox.service.ts';

/** Finds the words of a template. `undefined`: there is no such template. */
export type WriteMail = (
  order: MailOrder,
  names: { readonly client: string | undefined },
) => WrittenMail | undefined;

export interface MailDependencies {
  readonly write: WriteMail;
  readonly send: (mail: OutgoingMail, signal: AbortSignal) => Promise<void>;
  readonly clients: Clients;
}

export function createMailCourier({ write, send, clients }: MailDependencies): Courier<'mail'> {
  async function clientName({ values }: MailOrder): Promise<string | undefined> {
    const { clientId } = values;
    const client = clientId === undefined ? undefined : await clients.find(clientId);
    const name = client?.metadata['client_name'];
    return typeof name === 'string' ? name : undefined;
  }

  return async (order, { id, signal }) => {
    const recipient = checkEmail(order.to);
    if (!recipient.ok) throw new Undeliverable('The recipient is no e-mail address.');
    const mail = write(order, { client: await clientName(order) });
    if (!mail) throw new Undeliverable(`There is no mail named ${order.template}.`);
    try {
      await send({ ...mail, id, to: recipient.email }, signal);
    } catch (cause) {
      if (!(cause instanceof MailRefused)) throw cause;
      throw new Undeliverable('The mail server refused it.', { cause: cause.cause });
    }
  };
}
