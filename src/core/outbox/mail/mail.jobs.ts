// Handler of mail jobs: renders the message in the user's language and passes it to the mail server
// or to the development mailbox. worker.service.ts decides about retries.
import { checkEmail } from '#core/users/email-addresses.ts';
import { Undeliverable } from '#core/outbox/outbox.ts';
import { MailRefused, type OutgoingMail } from '#platform/outbound/smtp.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { JobHandler } from '#core/outbox/worker.service.ts';
import type { StoredMail, WriteMail } from './mail.ts';

export interface MailDependencies {
  readonly write: WriteMail;
  readonly send: (mail: OutgoingMail, signal: AbortSignal) => Promise<void>;
  readonly clients: Clients;
  readonly users: Pick<UserStore, 'findById'>;
}

export function createMailHandler({
  write,
  send,
  clients,
  users,
}: MailDependencies): JobHandler<'mail'> {
  async function clientName({ values }: StoredMail): Promise<string | undefined> {
    const { clientId } = values;
    const client = clientId === undefined ? undefined : await clients.find(clientId);
    const name = client?.metadata['client_name'];
    return typeof name === 'string' ? name : undefined;
  }

  async function actorName({ values }: StoredMail): Promise<string | undefined> {
    const { actorId } = values;
    const actor = actorId === undefined ? undefined : await users.findById(actorId);
    return actor?.claims.name;
  }

  return async (order, { id, orderedAt, signal }) => {
    const recipient = checkEmail(order.to);
    if (!recipient.ok) throw new Undeliverable('The recipient is not an email address.');
    const names = { client: await clientName(order), actor: await actorName(order) };
    const mail = write(order, { ...names, orderedAt });
    if (!mail) throw new Undeliverable(`Unknown mail template: ${order.template}.`);
    try {
      await send({ ...mail, id, to: recipient.email }, signal);
    } catch (cause) {
      if (!(cause instanceof MailRefused)) throw cause;
      throw new Undeliverable('The mail server refused the message.', { cause: cause.cause });
    }
  };
}
