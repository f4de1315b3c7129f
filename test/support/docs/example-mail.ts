// A mail with example values, as it is sent.
import type { MailValues } from '#core/outbox/mail/mail.ts';
import { createMailWriter } from '#http/rendering/mail/mail-writer.ts';
import type { WrittenMail } from '#platform/outbound/smtp.ts';
import { mails } from '#server/modules.ts';

const root = new URL('../../../', import.meta.url);
const issuer = 'https://id.example.org';
const write = createMailWriter({
  viewsDirectory: new URL('views/', root).pathname,
  productName: 'Ostiary',
  issuerUrl: new URL(issuer),
  logoFile: new URL('public/icon-180.png', root).pathname,
  footerLinks: [{ href: `${issuer}/terms`, label: 'client.terms' }],
  renderers: mails,
});
export const exampleValues = {
  device: 'Firefox, Windows',
  address: '198.51.100.7',
  at: '2026-05-04T12:00:00.000Z',
  until: '2026-05-04T12:15:00.000Z',
  zone: 'Europe/Berlin',
  link: `${issuer}/auth/verify/link/token`,
  other: `${issuer}/auth/recover`,
  code: '482913',
  email: 'ada.new@example.org',
  provider: 'Google',
  state: 'executed',
  act: 'users.delete',
  requestedAt: '2026-05-04T09:30:00.000Z',
  client: 'Acme Bank',
  message: 'Order 4711',
  passkey: 'iCloud Keychain',
  left: '7',
  requestedBy: 'user',
};

export function writeExample(template: string, values: MailValues = exampleValues): WrittenMail {
  const order = { kind: 'mail', userId: 'ada', to: 'ada@example.org', locale: 'en' } as const;
  const mail = write(
    { ...order, template, values },
    { client: 'Acme Notes', actor: 'Grace Hopper', orderedAt: new Date(exampleValues.at) },
  );
  if (!mail) throw new Error(`no mail ${template}`);
  return mail;
}

/** The HTML of a mail with its pictures, shown without a request. */
export function showMail({ html, images }: WrittenMail): string {
  return images.reduce(
    (text, { cid, contentType, base64 }) =>
      text.replaceAll(`cid:${cid}`, `data:${contentType};base64,${base64}`),
    html,
  );
}
