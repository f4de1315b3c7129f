// Commands that run inside the server that has the embedded database open: the request that the command line
// sends through the control socket, and the reply.
import { AppError } from '#platform/errors.ts';
import {
  askControlSocket,
  openControlSocket,
  type ControlSocket,
  type Tell,
} from '#platform/control/control-socket.ts';
import type { Services } from '#server/composition.ts';
import { dataCommands } from './registry.ts';
import { createDataContext, type DataContext } from './data-context.ts';
import { findCommand } from './framework/arguments.ts';
import { createIo, type Inputs } from './framework/inputs.ts';
import { runCommand } from './framework/run.ts';
import { createPaint } from './framework/terminal/paint.ts';
import { version } from './version.ts';

export interface RemoteRequest {
  readonly argv: readonly string[];
  readonly inputs: Inputs;
  /** Whether the terminal of the command line shows colors. */
  readonly hasColors?: boolean;
}

export interface RemoteReply {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
}

/** Serves commands for an embedded database; with PostgreSQL, commands connect on their own. */
export async function listenForCommands(services: Services): Promise<ControlSocket> {
  const { config, db, log } = services;
  const none = { close: async () => {} };
  if (db.kind !== 'embedded') return none;
  const context = createDataContext(services);
  try {
    return await openControlSocket({
      directory: config.dataDirectory,
      greeting: { version },
      answer: (request, tell) => answerRequest(request, context, tell),
      onFault: (err) =>
        log.warn({ event: 'command.unreadable', err }, 'could not respond to a command'),
    });
  } catch (err) {
    // Some shared folders do not support sockets; the server then runs without remote commands.
    log.warn(
      { event: 'command.unavailable', err },
      'could not open the control socket: commands can run only while the server is stopped',
    );
    return none;
  }
}

/**
 * Runs the command in the server that uses this data directory; `undefined`: no server is running.
 */
export async function runRemotely(
  directory: string,
  request: RemoteRequest,
  hear: Tell,
): Promise<RemoteReply | undefined> {
  const asked = await askControlSocket({
    directory,
    hear,
    ask(greeting) {
      requireSameVersion(greeting);
      return request;
    },
  });
  if (!asked) return undefined;
  const { answer } = asked;
  if (isReply(answer)) return answer;
  throw new AppError('conflict', describeOther('different code'));
}

function requireSameVersion(greeting: unknown): void {
  const theirs =
    isRecord(greeting) && isText(greeting['version']) ? greeting['version'] : 'unknown';
  if (theirs !== version) throw new OtherVersion(theirs);
}

/** The running server has a different version from this command line, so it is sent no command. */
export class OtherVersion extends AppError {
  readonly running: string;

  constructor(running: string) {
    super('conflict', describeOther(`version ${running}`));
    this.running = running;
  }
}

function describeOther(what: string): string {
  const restart = 'Please restart the server and try again.';
  return `The running server has ${what}, this command line has version ${version}. ${restart}`;
}

/**
 * Different code with the same version number may not know the request or the command; the reply is
 * then empty.
 */
async function answerRequest(
  request: unknown,
  context: DataContext,
  tell: Tell,
): Promise<RemoteReply | Record<string, never>> {
  const found = isRequest(request) ? findCommand(dataCommands, request.argv) : undefined;
  if (!isRequest(request) || !found) return {};
  const printed = { out: '', err: '' };
  const io = createIo(request.inputs, {
    out: (text) => void (printed.out += text),
    err: (text) => void (printed.err += text),
    write: tell,
    paint: createPaint(request.hasColors === true),
  });
  const { log } = context;
  const { command, rest } = found;
  const logBug = (err: unknown): void => {
    log.error({ event: 'command.failed', command: command.name, err }, 'a command failed');
  };
  const exitCode = await runCommand({ command, argv: rest, context, io, logBug });
  log.info({ event: 'command.ran', command: command.name, exitCode }, 'a command was run');
  return { ...printed, exitCode };
}

function isRequest(value: unknown): value is RemoteRequest {
  if (!isRecord(value) || !isRecord(value['inputs'])) return false;
  const { argv, inputs } = value;
  const { stdin, files } = inputs;
  const hasInputs = (stdin === undefined || typeof stdin === 'string') && isTexts(files);
  return Array.isArray(argv) && argv.every(isText) && hasInputs;
}

function isReply(value: unknown): value is RemoteReply {
  if (!isRecord(value) || typeof value['exitCode'] !== 'number') return false;
  return isText(value['out']) && isText(value['err']);
}

function isTexts(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(isText);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
