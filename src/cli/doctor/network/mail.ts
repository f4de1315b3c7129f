// Checks whether the mail server accepts connections and the login. No mail is sent.
import type { Config } from '#config/config.ts';
import { describeFailure } from '#cli/framework/failures.ts';
import { parseSmtpUrl } from '#platform/outbound/smtp-url.ts';
import { createSmtp } from '#platform/outbound/smtp.ts';
import type { Finding } from '#cli/doctor/findings.ts';

const check = 'mail';

export async function inspectMail(config: Config): Promise<Finding> {
  const { smtpUrl, mailFrom: address, productName: name } = config;
  if (smtpUrl === undefined) return describeMissing(config);
  const server = parseSmtpUrl(smtpUrl);
  const place = `${server.host}:${server.port}`;
  try {
    await createSmtp({ server, from: { name, address } }).check();
    const next = 'npx ostiary mail test ADDRESS sends a mail.';
    return { check, state: 'ok', message: `${place} accepts connections.`, next };
  } catch (error) {
    const reason = describeFailure(error).message.replace(/^Unexpected error: /, '');
    const next = 'Check SMTP_URL: host, port, TLS, user and password.';
    return { check, state: 'fail', message: `${place} cannot be used (${reason}).`, next };
  }
}

function describeMissing({ developmentPages, emailVerification }: Config): Finding {
  if (developmentPages) {
    const message = 'SMTP_URL is unset: mail is shown in the development mailbox.';
    return { check, state: 'ok', message };
  }
  const cannot = emailVerification === 'required' ? ' Users cannot complete a registration.' : '';
  const message = `SMTP_URL is unset: mail stays queued for at most 7 days.${cannot}`;
  return { check, state: 'warn', message, next: 'Set SMTP_URL to your mail server.' };
}
