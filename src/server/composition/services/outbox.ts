// Creates the outbox worker and the mail handler. The handler for back-channel logout is registered
// by server/composition/oidc-provider.ts, because it needs the provider instance.
import { createMailWriter } from '#http/rendering/mail-writer.ts';
import { mails } from '#server/composition/mails.ts';
import type { Config } from '#config/config.ts';
import type { Log } from '#platform/logging/log.ts';
import { createSmtp } from '#platform/outbound/smtp.ts';
import type { Database } from '#platform/database/postgres.ts';
import { parseSmtpUrl } from '#platform/outbound/smtp-url.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { createOutboxWorker } from '#core/outbox/worker.service.ts';
import { createOutboxLog } from '#core/outbox/attempts.service.ts';
import { createMailHandler } from '#core/outbox/mail.jobs.ts';
import { createMailbox, type Mailbox } from '#features/dev-mailbox/dev-mailbox.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { OutboxStore } from '#core/outbox/outbox.store.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

export interface OutboxWorkerParts {
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

export function wireDelivery(parts: OutboxWorkerParts) {
  const { config, log, now, shortLived } = parts;
  const { smtpUrl, developmentPages } = config;
  const outboxWorker = createOutboxWorker({
    ...parts,
    record: createOutboxLog({ ...parts, chance: Math.random }),
  });
  const isCaptured = smtpUrl === undefined && developmentPages;
  const mailbox = isCaptured ? createMailbox({ store: shortLived, log, now }) : undefined;
  const send = senderOf(config, mailbox);
  if (send) {
    const { productName, issuerUrl } = config;
    const viewsDirectory = new URL('../../../../views/', import.meta.url).pathname;
    const write = createMailWriter({
      viewsDirectory,
      productName,
      issuerUrl,
      renderers: mails,
    });
    outboxWorker.registerHandler(
      'mail',
      createMailHandler({ write, send, clients: parts.clients }),
    );
  }
  return {
    outboxWorker,
    /** Only in development, while no SMTP server is configured. */
    mailbox,
  };
}

/** `undefined`: there is no mail transport, so mail stays in the outbox. */
function senderOf({ smtpUrl, mailFrom, productName }: Config, mailbox: Mailbox | undefined) {
  if (smtpUrl === undefined) return mailbox?.keep;
  const from = { name: productName, address: mailFrom };
  return createSmtp({ server: parseSmtpUrl(smtpUrl), from }).send;
}
