// An SMTP server in the test process. It parses received mail, or misbehaves as a test requires.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { CleanUp } from './databases.ts';

export interface ReceivedMail extends ParsedMail {
  /** Recipients of the SMTP envelope, which need not match the To header. */
  readonly recipients: readonly string[];
}

export interface MailServer {
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
}

export async function startMailServer(
  t: CleanUp,
  options: SMTPServerOptions = {},
): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, session, done) {
      const recipients = session.envelope.rcptTo.map(({ address }) => address);
      simpleParser(stream, (error: unknown, mail) => {
        if (error instanceof Error) return done(error);
        mails.push({ ...mail, recipients });
        return done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  t.after(() => new Promise((resolve) => server.close(() => resolve())));
  const { port } = listening.address() as AddressInfo; // A TCP server has an AddressInfo.
  return { url: `smtp://127.0.0.1:${port}`, mails };
}

/** An SMTP error: 4xx codes are transient, 5xx codes permanent (RFC 5321 §4.2.1). */
export function refusal(responseCode: number): Error {
  return Object.assign(new Error('no, ann@example.com'), { responseCode });
}
