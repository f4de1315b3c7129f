// Sends one message through the mail server (SMTP_URL). Retries are the task of
// core/outbox/worker.service.ts.
import type { SmtpServer } from './smtp-url.ts';

export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Sent along with the message, because mail clients do not load pictures without asking. */
  readonly images: readonly InlineImage[];
}

/** A picture that the HTML refers to as `cid:`, followed by this `cid` (RFC 2392 §2). */
export interface InlineImage {
  readonly cid: string;
  readonly contentType: string;
  readonly base64: string;
}

export interface OutgoingMail extends WrittenMail {
  /** Identical for every attempt, so that mail servers can recognize duplicates. */
  readonly id: string;
  /** A single address without a display name. */
  readonly to: string;
}

export interface Sender {
  readonly name: string;
  readonly address: string;
}

/** The mail server permanently refuses this message. */
export class MailRefused extends Error {}

export interface SmtpOptions {
  readonly server: SmtpServer;
  readonly from: Sender;
}

/** Milliseconds for one step of the SMTP dialog; the whole dialog has a separate limit. */
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
    // Content comes only from the given texts, never from a file path or URL.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  let opened: ReturnType<typeof open> | undefined;

  /** The library takes 5 MB of memory, so it is loaded with the first message. */
  async function open() {
    const { createTransport } = await import('nodemailer');
    return createTransport(settings);
  }

  const [, domain = 'localhost'] = from.address.split('@');

  return {
    /**
     * Connects and authenticates without sending a mail.
     * @throws the answer of the mail server, or what prevented the connection
     */
    async check(): Promise<void> {
      const transport = await (opened ??= open());
      await transport.verify();
    },
    /** @throws MailRefused when a retry is pointless */
    async send(
      { id, to, subject, text, html, images }: OutgoingMail,
      signal: AbortSignal,
    ): Promise<void> {
      try {
        const transport = await (opened ??= open());
        await transport.sendMail({
          // Objects, because a string would be parsed and could contain several addresses.
          from: { name: from.name, address: from.address },
          to: { name: '', address: to },
          subject,
          text,
          html,
          attachments: images.map(attachInline),
          messageId: `<${id}@${domain}>`,
          // Suppresses automatic replies (RFC 3834 §5).
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal,
        });
      } catch (error) {
        if (isRefusal(error))
          throw new MailRefused('the mail server refused the message', { cause: error });
        throw error;
      }
    },
  };
}

function attachInline({ cid, contentType, base64: content }: InlineImage) {
  const contentDisposition = 'inline' as const;
  return {
    cid,
    contentType,
    content,
    encoding: 'base64',
    contentDisposition,
    filename: false as const,
  };
}

export type Smtp = ReturnType<typeof createSmtp>;

/**
 * True for a refusal of this recipient or content. A refused password or sender can still be
 * corrected.
 */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error && 'permanent' in error && 'command' in error)) return false;
  return error.permanent === true && (error.command === 'RCPT TO' || error.command === 'DATA');
}
