// signal-stream list, show, update and delete. Receivers create streams themselves.
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns, describeValues } from '#cli/framework/columns.ts';
import type { Arguments, Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { presentSignal, presentSignalStream } from '#features/shared-signals/present-stream.ts';
import { signalAlgorithms, subjectFormats } from '#features/shared-signals/signal-types.ts';
import type {
  StreamAdministration,
  StreamChanges,
} from '#features/shared-signals/streams/stream-administration.service.ts';
import type { StreamStatus } from '#features/shared-signals/streams/streams.ts';

const defaultLimit = 20;

interface Needs {
  readonly streamAdministration: StreamAdministration;
}

const signalStreamList: Command<Needs> = {
  name: 'signal-stream list',
  summary: 'List streams of Shared Signals.',
  options: {
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
    after: { value: 'ID', meaning: 'Continue after this stream, the last of the previous list' },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ streamAdministration }, args) {
    const after = args.text('after');
    const position =
      after === undefined ? undefined : [(await streamAdministration.find(after)).id];
    const limit = readLimit(args, defaultLimit);
    const { items, next } = await streamAdministration.list({ after: position, limit });
    const document = items.map(presentSignalStream);
    if (items.length === 0) return { document, text: 'No streams.\n' };
    const waiting = await streamAdministration.countWaiting(items.map(({ id }) => id));
    const heading = ['ID', 'CLIENT', 'STATUS', 'DELIVERY', 'WAITING'];
    const rows = document.map((each) => [
      each.id,
      each.client_id,
      each.failing_since === null ? each.status : 'failing',
      each.delivery,
      String(waiting.get(each.id) ?? 0),
    ]);
    const more = next ? `\nThere are more: add --after ${next[0]}\n` : '';
    return { document, text: `${alignColumns([heading, ...rows])}${more}` };
  },
};

const signalStreamShow: Command<Needs> = {
  name: 'signal-stream show',
  summary: 'Show a stream and its recent signals.',
  operand: 'ID',
  options: { limit: { value: 'N', meaning: `Maximum number of signals; default ${defaultLimit}` } },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ streamAdministration }, args) {
    const shown = presentSignalStream(await streamAdministration.find(args.operand));
    const page = { after: undefined, limit: readLimit(args, defaultLimit) };
    const { items } = await streamAdministration.listSignals(shown.id, page);
    const signals = items.map(presentSignal);
    const heading = ['AT', 'STATE', 'EVENT', 'USER', 'ERROR'];
    const rows = signals.map((each) => [
      each.at,
      each.state,
      each.type.slice(each.type.lastIndexOf('/') + 1),
      each.user_id ?? '-',
      each.error ?? '',
    ]);
    const list = rows.length === 0 ? '' : `\n${alignColumns([heading, ...rows])}`;
    return { document: { ...shown, signals }, text: `${describeValues(shown)}${list}` };
  },
};

const signalStreamUpdate: Command<Needs> = {
  name: 'signal-stream update',
  summary: 'Pause, disable or enable a stream, or change its settings.',
  operand: 'ID',
  options: {
    pause: { meaning: 'Keep the signals until the stream is enabled' },
    disable: { meaning: 'Send and keep no signals' },
    enable: { meaning: 'Send signals, including those that were kept' },
    reason: { value: 'TEXT', meaning: 'The reason for --pause or --disable, for the receiver' },
    'subject-format': {
      value: 'FORMAT',
      meaning: `How users are named: ${listOf(subjectFormats)}`,
    },
    algorithm: { value: 'ALG', meaning: `How signals are signed: ${listOf(signalAlgorithms)}` },
    'all-users': { meaning: 'Also send signals about users who have not used the client' },
    'related-users': { meaning: 'Only send signals about users of the client' },
  },
  examples: [
    'signal-stream update 019a2f1e-6c1b-7c51-b8a9-3f0c0c8f9b11 --pause --reason "maintenance"',
    'signal-stream update 019a2f1e-6c1b-7c51-b8a9-3f0c0c8f9b11 --subject-format email',
  ],
  check(args) {
    if (Object.keys(readChanges(args)).length > 0) return;
    throw new UsageError('At least one option is required.');
  },
  async run({ streamAdministration }, args) {
    const by = commandLineActor;
    const stream = await streamAdministration.update(args.operand, readChanges(args), { by });
    const document = presentSignalStream(stream);
    return { document, text: `The stream is updated.\n\n${describeValues(document)}` };
  },
};

const signalStreamDelete: Command<Needs> = {
  name: 'signal-stream delete',
  summary: 'Delete a stream and its signals.',
  operand: 'ID',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete the stream, which cannot be undone',
    },
  },
  async run({ streamAdministration }, { operand }) {
    const { id } = await streamAdministration.find(operand);
    await streamAdministration.remove(id, commandLineActor);
    return { document: { id, deleted: true }, text: 'The stream is deleted.\n' };
  },
};

export const signalStreamCommands = [
  signalStreamList,
  signalStreamShow,
  signalStreamUpdate,
  signalStreamDelete,
] as const;

/** @throws UsageError */
function readChanges(args: Arguments): StreamChanges {
  const status = readStatus(args);
  const reason = args.text('reason');
  if (reason !== undefined && (status === undefined || status === 'enabled')) {
    throw new UsageError('--reason needs --pause or --disable.');
  }
  if (args.has('all-users') && args.has('related-users')) {
    throw new UsageError('Only one of --all-users, --related-users may be given.');
  }
  const subjectFormat = readOneOf(args, 'subject-format', subjectFormats);
  const algorithm = readOneOf(args, 'algorithm', signalAlgorithms);
  return {
    ...(status === undefined ? {} : { status, reason }),
    ...(subjectFormat === undefined ? {} : { subjectFormat }),
    ...(algorithm === undefined ? {} : { algorithm }),
    ...(args.has('all-users') ? { allUsers: true } : {}),
    ...(args.has('related-users') ? { allUsers: false } : {}),
  };
}

function readStatus(args: Arguments): StreamStatus | undefined {
  const statuses = { pause: 'paused', disable: 'disabled', enable: 'enabled' } as const;
  const names = (['pause', 'disable', 'enable'] as const).filter((name) => args.has(name));
  const [name, other] = names;
  if (other !== undefined) throw new UsageError(`Only one of --${name}, --${other} may be given.`);
  return name && statuses[name];
}

function readOneOf<Value extends string>(
  args: Arguments,
  name: string,
  values: readonly Value[],
): Value | undefined {
  const text = args.text(name);
  const value = values.find((each) => each === text);
  if (text === undefined || value !== undefined) return value;
  throw new UsageError(`--${name} must be ${listOf(values)}.`);
}

function listOf(values: readonly string[]): string {
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}
