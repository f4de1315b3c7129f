// How mail is sent.
import { smtpUrl } from '#config/kinds/connection-urls.ts';
import { matching } from '#config/kinds/text.ts';
import { setting } from '#config/setting.ts';

export const mailSettings = {
  smtpUrl: setting({
    name: 'SMTP_URL',
    kind: smtpUrl,
    unset:
      'mail is shown at `/auth/dev/mail` in development while `ISSUER` and `HOST` are loopback; ' +
      'elsewhere it stays queued for at most 7 days',
    example: 'smtp://user:password@mail.example.com:587',
    text:
      'The mail server. A password is only sent over TLS, unless `?tls=optional` allows ' +
      'it without.',
  }),
  mailFrom: setting({
    name: 'MAIL_FROM',
    kind: matching(
      /^(?!.{255})[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]+(\.[\w-]+)*$/,
      'an email address',
    ),
    unset: '`no-reply@` and the host name of the issuer',
    example: 'no-reply@id.example.com',
    text: 'The sender of mail; the product name is its display name.',
  }),
};
