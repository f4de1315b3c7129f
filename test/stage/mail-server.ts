// A mail server in this process: takes mail and shows it as a reader would see it, or behaves badly
// as a test says.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Closing } from './databases.ts';

export interface ReceivedMail extends ParsedMail {
  /** From the envelope: where it really goes. */
  readonly recipients: readonly string[];
}

export interface MailServer {
  readonly url: string;
  readonly mails: readonly ReceivedMail[];
}

export async function startMailServer(
  t: Closing,
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
  const { port } = listening.address() as AddressInfo; // it listens on a port, not on a pipe
  return { url: `smtp://127.0.0.1:${port}`, mails };
}

/** What a mail server answers when it will not: the code says for how long. */
export function refusal(responseCode: number): Error {
  return Object.assign(new Error('no, ann@example.com'), { responseCode });
}
