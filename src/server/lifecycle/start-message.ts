// The messages of a start: warnings in the log, and the addresses and the setup link on standard output, as
// plain lines or as columns on a terminal.
import cluster from 'node:cluster';
import { isatty } from 'node:tty';
import { createPaint, type Paint } from '#cli/framework/terminal/paint.ts';
import { version } from '#cli/version.ts';
import type { Services } from '#server/composition.ts';

export interface StartTerminal {
  print(line: string): void;
  /** False if standard output is a pipe or a file. */
  readonly isTerminal: boolean;
  readonly paint: Paint;
}

/** Standard output of this process. */
export function openStartTerminal(): StartTerminal {
  const isTerminal = isatty(process.stdout.fd);
  return {
    print: (line) => void process.stdout.write(`${line}\n`),
    isTerminal,
    paint: createPaint(isTerminal && process.stdout.hasColors()),
  };
}

interface Start {
  readonly issuer: string;
  readonly playground: string | undefined;
  readonly mailbox: string | undefined;
  /** The link for the first administrator. */
  readonly setupLink: string | undefined;
}

export async function announceStart(services: Services, terminal: StartTerminal): Promise<void> {
  const { config, log } = services;
  const { issuer } = config;
  log.info({ event: 'server.started', issuer, port: config.port }, 'ready');
  warnAboutMail(services);
  if (config.environment === 'development' && !config.developmentPages) {
    log.warn({ event: 'development.exposed' }, exposedWarning);
  }
  if (cluster.isWorker && cluster.worker?.id !== 1) return;
  const start: Start = {
    issuer,
    playground: config.developmentPages ? `${issuer}/auth/playground` : undefined,
    mailbox: services.mailbox ? `${issuer}/auth/dev/mail` : undefined,
    setupLink: await services.setup.issueLink(),
  };
  const describe = terminal.isTerminal ? describeForTerminal : describeForProgram;
  for (const line of describe(start, terminal.paint)) terminal.print(line);
}

function describeForProgram({ issuer, playground, mailbox, setupLink }: Start): readonly string[] {
  return [
    `Ostiary is ready at ${issuer}`,
    ...(playground ? [`Try a sign-in: ${playground}`] : []),
    ...(mailbox ? [`Mail sent during development: ${mailbox}`] : []),
    ...(setupLink
      ? [`Make the first administrator (this link works once, for 24 hours): ${setupLink}`]
      : []),
  ];
}

export function describeForTerminal(start: Start, paint: Paint): readonly string[] {
  const { issuer, playground, mailbox, setupLink } = start;
  return [
    '',
    `  ${paint.strong('Ostiary')} ${version} ${paint.good('is ready')}`,
    '',
    `  Address      ${issuer}`,
    ...(playground ? [`  Playground   ${playground}`] : []),
    ...(mailbox ? [`  Mail         ${mailbox}`] : []),
    ...(setupLink
      ? [
          '',
          '  Make the first administrator (this link works once, for 24 hours):',
          `  ${setupLink}`,
        ]
      : []),
    '',
  ];
}

function warnAboutMail({ config, log, mailbox }: Services): void {
  if (config.smtpUrl !== undefined || mailbox) return;
  log.warn({ event: 'mail.waiting' }, 'SMTP_URL is not set: mail stays queued for at most 7 days');
  if (config.emailVerification !== 'required') return;
  log.warn(
    { event: 'registration.waiting' },
    'SMTP_URL is not set although EMAIL_VERIFICATION is required: registration, sign-in by email ' +
      'and password reset are not offered',
  );
}

const exposedWarning =
  'NODE_ENV is not production although ISSUER or HOST is not loopback: no development pages';
