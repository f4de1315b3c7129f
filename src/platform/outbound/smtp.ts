// Hands one mail to the mail server (SMTP_URL). What it says is written elsewhere; when it is tried
// again is left to core/outbox/worker.service.ts.
import type { SmtpServer } from './smtp-url.ts';

export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface OutgoingMail extends WrittenMail {
  /** The same for every attempt, so that mail servers recognise a repetition. */
  readonly id: string;
  /** One plain address. */
  readonly to: string;
}

export interface Sender {
  readonly name: string;
  readonly address: string;
}

/** The mail server will not take this mail, now or later. */
export class MailRefused extends Error {}

export interface SmtpOptions {
  readonly server: SmtpServer;
  readonly from: Sender;
}

/** Milliseconds for one step of the conversation; the whole of it has a limit of its own. */
const stepMilliseconds = 10_000;
const connectMilliseconds = 5000;

export function createSmtp({ server, from }: SmtpOptions) {
  const { host, port, secure, requireTls, login } = server;
  const settings = {
    host,
    port,
    secure,
    requireTLS: requireTls,
    ...(login ? { auth: { user: login.user, pass: login.password } } : {}),
    connectionTimeout: connectMilliseconds,
    greetingTimeout: connectMilliseconds,
    dnsTimeout: connectMilliseconds,
    socketTimeout: stepMilliseconds,
    // A mail is made of the texts handed in: nothing in it ever names a file or an address to read.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  let opened: ReturnType<typeof open> | undefined;

  /** The library takes 5 MB; the first mail brings it. */
  async function open() {
    const { createTransport } = await import('nodemailer');
    return createTransport(settings);
  }

  const [, domain = 'localhost'] = from.address.split('@');

  return {
    /** @throws MailRefused when trying again is of no use */
    async send({ id, to, subject, text, html }: OutgoingMail, signal: AbortSignal): Promise<void> {
      try {
        const transport = await (opened ??= open());
        await transport.sendMail({
          // Objects, never text that would be parsed for several addresses.
          from: { name: from.name, address: from.address },
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${id}@${domain}>`,
          // Nobody's holiday notice is an answer to this (RFC 3834 5).
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal,
        });
      } catch (error) {
        if (isRefusal(error)) throw new MailRefused('the mail server refused it', { cause: error });
        throw error;
      }
    },
  };
}

export type Smtp = ReturnType<typeof createSmtp>;

/** About this recipient or this text. A password or a sender that is refused may yet be mended. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error && 'permanent' in error && 'command' in error)) return false;
  return error.permanent === true && (error.command === 'RCPT TO' || error.command === 'DATA');
}
