// `mail test`: sends one mail through the mail server immediately, without the outbox, so that the server's
// response can be shown.
import { randomUUID } from 'node:crypto';
import { checkEmail } from '#core/users/email-addresses.ts';
import type { Config } from '#config/config.ts';
import { escapeHtml } from '#http/rendering/escape-html.ts';
import { AppError } from '#platform/errors.ts';
import { parseSmtpUrl } from '#platform/outbound/smtp-url.ts';
import { createSmtp } from '#platform/outbound/smtp.ts';
import { UsageError } from '#cli/framework/arguments.ts';
import type { ProcessCommand } from '#cli/framework/context.ts';
import { withReason } from '#cli/framework/failures.ts';

const timeoutMs = 30_000;

export const mailTest: ProcessCommand = {
  name: 'mail test',
  summary: 'Send a test mail and show what the mail server answers.',
  operand: 'ADDRESS',
  options: {},
  examples: ['mail test ann@example.org'],
  check: ({ operand }) => {
    if (!checkEmail(operand).ok) throw new UsageError('ADDRESS must be an email address.');
  },
  async run({ readConfig }, { operand: to }) {
    const config = readConfig();
    const { smtpUrl, mailFrom: from } = config;
    if (smtpUrl === undefined) {
      throw new AppError('invalid_input', 'SMTP_URL is not set, so no mail is sent.');
    }
    const { host, port } = parseSmtpUrl(smtpUrl);
    await send(config, smtpUrl, to);
    return {
      document: { sent: true, to, from, server: `${host}:${port}` },
      text: `${host}:${port} accepted the message from ${from} to ${to}. Check that it arrives.\n`,
    };
  },
};

async function send({ mailFrom, productName }: Config, smtpUrl: string, to: string) {
  const smtp = createSmtp({
    server: parseSmtpUrl(smtpUrl),
    from: { name: productName, address: mailFrom },
  });
  const text = `This is a test message from ${productName}. Mail is set up correctly.`;
  const html = `<!doctype html><html lang="en"><body><p>${escapeHtml(text)}</p></body></html>`;
  const mail = {
    id: randomUUID(),
    to,
    subject: `Test mail of ${productName}`,
    text,
    html,
    images: [],
  };
  try {
    await smtp.send(mail, AbortSignal.timeout(timeoutMs));
  } catch (cause) {
    // The cause of MailRefused is the response of the mail server.
    const reason = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const failure = withReason(new Error('The mail was not sent.', { cause: reason }));
    throw new AppError('invalid_input', failure, { cause });
  }
}
