// Everything that sends: the loop over the outbox, and where mail goes. Apps are called by the
// engine, which adds itself once it is there (engine.ts).
import { createMailWriter } from '#http/mail-writer.ts';
import type { Config } from '#platform/config.ts';
import type { Log } from '#platform/log.ts';
import { createSmtp } from '#platform/mail.ts';
import type { Database } from '#platform/postgres.ts';
import { parseSmtpUrl } from '#platform/smtp-url.ts';
import type { Audit } from '#services/audit.ts';
import type { Clients } from '#services/clients.ts';
import { createDelivery } from '#services/delivery.ts';
import { createDeliveryRecord } from '#services/delivery/record.ts';
import { createMailCourier } from '#services/mail.ts';
import { createMailbox, type Mailbox } from '#services/mailbox.ts';
import type { Outbox } from '#services/outbox.ts';
import type { OutboxStore } from '#stores/outbox.ts';
import type { ShortLivedStore } from '#stores/short-lived.ts';

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
  const { smtpUrl, environment } = config;
  const delivery = createDelivery({
    ...parts,
    record: createDeliveryRecord({ ...parts, chance: Math.random }),
  });
  const isCaptured = smtpUrl === undefined && environment !== 'production';
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
    /** In development, while no mail server is set. */
    mailbox,
  };
}

/** `undefined`: nobody takes mail, so it waits in the outbox. */
function senderOf({ smtpUrl, mailFrom, productName }: Config, mailbox: Mailbox | undefined) {
  if (smtpUrl === undefined) return mailbox?.keep;
  const from = { name: productName, address: mailFrom };
  return createSmtp({ server: parseSmtpUrl(smtpUrl), from }).send;
}
