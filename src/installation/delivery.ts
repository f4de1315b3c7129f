// Everything that sends: the loop over the outbox, and where mail goes. Apps are called by the
// engine, which adds itself once it is there (engine.ts).
import { createMailWriter } from '#http/rendering/mails/mail-writer.ts';
import type { Config } from '#platform/settings/config.ts';
import type { Log } from '#platform/logging/log.ts';
import { createSmtp } from '#platform/outbound/mail.ts';
import type { Database } from '#platform/database/postgres.ts';
import { parseSmtpUrl } from '#platform/outbound/smtp-url.ts';
import type { Audit } from '#services/audit/audit.ts';
import type { Clients } from '#services/clients/clients.ts';
import { createDelivery } from '#services/delivery/delivery.ts';
import { createDeliveryRecord } from '#services/delivery/record.ts';
import { createMailCourier } from '#services/delivery/mail.ts';
import { createMailbox, type Mailbox } from '#services/delivery/mailbox.ts';
import type { Outbox } from '#services/delivery/outbox.ts';
import type { OutboxStore } from '#stores/outbox.ts';
import type { ShortLivedStore } from '#stores/short-lived/short-lived.ts';

export interface DeliveryParts {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
  readonly db: Database;
  readonly store: OutboxStore;
  readonly shortLived: ShortLivedStore;
  readonly outbox: Outbox;
  readonly audit: Audit;
  readonly clients: Clients;
}

export function wireDelivery(parts: DeliveryParts) {
  const { config, log, now, shortLived } = parts;
  const { smtpUrl, developmentPages } = config;
  const delivery = createDelivery({
    ...parts,
    record: createDeliveryRecord({ ...parts, chance: Math.random }),
  });
  const isCaptured = smtpUrl === undefined && developmentPages;
  const mailbox = isCaptured ? createMailbox({ store: shortLived, log, now }) : undefined;
  const send = senderOf(config, mailbox);
  if (send) {
    const { productName, issuerUrl } = config;
    const viewsDirectory = new URL('../../views/', import.meta.url).pathname;
    const write = createMailWriter({ viewsDirectory, productName, issuerUrl });
    delivery.employ('mail', createMailCourier({ write, send, clients: parts.clients }));
  }
  return {
    delivery,
    /** In development on this machine alone, while no mail server is set. */
    mailbox,
  };
}

/** `undefined`: nobody takes mail, so it waits in the outbox. */
function senderOf({ smtpUrl, mailFrom, productName }: Config, mailbox: Mailbox | undefined) {
  if (smtpUrl === undefined) return mailbox?.keep;
  const from = { name: productName, address: mailFrom };
  return createSmtp({ server: parseSmtpUrl(smtpUrl), from }).send;
}
