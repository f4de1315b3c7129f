// Sends the mail of the outbox: by SMTP, or to the mailbox of the development pages.
import type { Config } from '#config/config.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { createMailHandler } from '#core/outbox/mail/mail.jobs.ts';
import type { WriteMail } from '#core/outbox/mail/mail.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { OutboxWorker } from '#core/outbox/worker.service.ts';
import type { Brand } from '#features/branding/brand.ts';
import type { Mailbox } from '#features/dev-mailbox/dev-mailbox.service.ts';
import { parseSmtpUrl } from '#platform/outbound/smtp-url.ts';
import { createSmtp } from '#platform/outbound/smtp.ts';
import { createMailWriter } from '#http/rendering/mail/mail-writer.ts';
import { mails } from './modules.ts';

export interface MailDeliveryDependencies extends Runtime {
  readonly clients: Clients;
  readonly users: UserStore;
  readonly outboxWorker: OutboxWorker;
  readonly mailbox: Mailbox | undefined;
  readonly activeBrand: { readonly current: Brand | undefined };
}

/** Without a mail transport no handler is registered, so that mail stays in the outbox. */
export function createMailDelivery(dependencies: MailDeliveryDependencies) {
  const { config, clients, users, outboxWorker, mailbox, activeBrand } = dependencies;
  const transport = createTransport(config, mailbox);
  const send: typeof transport =
    transport &&
    ((mail, signal) =>
      dependencies.observation.run({ kind: 'mail', name: 'send' }, () => transport(mail, signal)));
  const { productName, issuerUrl, terms } = config;
  const writerOf = (brand: Brand | undefined) =>
    createMailWriter({
      viewsDirectory: fileOf('views/'),
      productName,
      issuerUrl,
      logoFile: fileOf('public/icon-180.png'),
      brand: brand?.mail,
      footerLinks: footerLinksOf(brand, terms?.url),
      renderers: mails,
    });
  const last = { brand: activeBrand.current, write: writerOf(activeBrand.current) };
  const write: WriteMail = (mail, values) => {
    const brand = activeBrand.current;
    if (brand !== last.brand) Object.assign(last, { brand, write: writerOf(brand) });
    return last.write(mail, values);
  };
  if (send) {
    outboxWorker.registerHandler('mail', createMailHandler({ write, send, clients, users }));
  }
  return { writeMail: write };
}

/** The links of the brand; if it has no link to terms, adds the terms that users accept at registration. */
function footerLinksOf(brand: Brand | undefined, termsUrl: string | undefined) {
  const links = brand?.links ?? [];
  const hasTerms = links.some(({ label }) => label === 'brand.terms');
  if (hasTerms || termsUrl === undefined) return links;
  return [...links, { href: termsUrl, label: 'client.terms' } as const];
}

function fileOf(path: string): string {
  return new URL(`../../${path}`, import.meta.url).pathname;
}

function createTransport({ smtpUrl, mailFrom, productName }: Config, mailbox: Mailbox | undefined) {
  if (smtpUrl === undefined) return mailbox?.keep;
  const from = { name: productName, address: mailFrom };
  return createSmtp({ server: parseSmtpUrl(smtpUrl), from }).send;
}
