// log level, show and reset.
import { UsageError } from '#cli/framework/arguments.ts';
import { describeValues } from '#cli/framework/columns.ts';
import type { Answer, Arguments, Command } from '#cli/framework/command.ts';
import type { Config } from '#config/config.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { overrideLevels, type LogFilter } from '#platform/logging/log-overrides.ts';
import { isUuid } from '#platform/uuid.ts';
import { usualSeconds, type StoredOverride } from './logging.ts';
import type { Logging, NewOverride } from './logging.service.ts';
import { presentLogging } from './present-override.ts';

interface Needs {
  readonly logging: Logging;
  readonly config: Config;
}

const logLevel: Command<Needs> = {
  name: 'log level',
  summary: 'Change the level of the log for some time, on every node.',
  operand: 'LEVEL',
  options: {
    for: {
      value: 'TIME',
      meaning: 'How long, such as 90s, 10m or 1h; at most 1h, or 24h for one user, client or route',
    },
    user: { value: 'ID', meaning: 'Only requests of this user' },
    client: { value: 'ID', meaning: 'Only requests of this client' },
    route: {
      value: 'PATTERN',
      meaning: 'Only requests to this route, such as "POST /oauth2/token"; * stands for any text',
    },
  },
  examples: ['log level debug --for 10m', 'log level trace --for 2h --route "POST /oauth2/token"'],
  check: (args) => void readOverride(args),
  async run({ logging, config }, args) {
    const override = await logging.set(readOverride(args), commandLineActor);
    return answerWith(config, override, 'Every node follows within a second.\n\n');
  },
};

const logShow: Command<Needs> = {
  name: 'log show',
  summary: 'Show the level of the log, and a temporary one.',
  options: {},
  run: async ({ logging, config }) => answerWith(config, await logging.find()),
};

const logReset: Command<Needs> = {
  name: 'log reset',
  summary: 'End the temporary level of the log.',
  options: {},
  async run({ logging }) {
    const reset = await logging.reset(commandLineActor);
    const text = reset ? 'The level of the log is the usual one.\n' : 'No other level was set.\n';
    return { document: { reset }, text };
  },
};

/** In the order of the help. */
export const logCommands = [logShow, logLevel, logReset] as const;

function answerWith(config: Config, stored: StoredOverride | undefined, sentence = ''): Answer {
  const document = presentLogging(config.logLevel, stored);
  const { override } = document;
  const shown = override
    ? { LOG_LEVEL: document.level, ...override }
    : { LOG_LEVEL: document.level };
  return { document, text: `${sentence}${describeValues(shown)}` };
}

/** @throws UsageError */
function readOverride(args: Arguments): NewOverride {
  const level = overrideLevels.find((each) => each === args.operand);
  if (!level) throw new UsageError(`LEVEL must be one of ${overrideLevels.join(', ')}.`);
  return { level, seconds: readSeconds(args), filter: readFilter(args) };
}

const secondsPerUnit = { s: 1, m: 60, h: 3600 } as const;

function readSeconds(args: Arguments): number {
  const text = args.text('for');
  if (text === undefined) return usualSeconds;
  const [, count, unit] = /^([1-9]\d{0,5})([smh])$/.exec(text) ?? [];
  // The expression permits these three units only.
  if (count && unit) return Number(count) * secondsPerUnit[unit as keyof typeof secondsPerUnit];
  throw new UsageError('--for must be a time such as 90s, 10m or 1h.');
}

function readFilter(args: Arguments): LogFilter | undefined {
  const filters = (['user', 'client', 'route'] as const).flatMap((by) => {
    const value = args.text(by);
    return value === undefined ? [] : [{ by, value }];
  });
  if (filters.length > 1) throw new UsageError('Use one of --user, --client and --route.');
  const [filter] = filters;
  if (filter?.by === 'user' && !isUuid(filter.value)) {
    throw new UsageError('--user must be the id of a user.');
  }
  if (filter && !/^[\x20-\x7e]{1,255}$/.test(filter.value)) {
    throw new UsageError(`--${filter.by} must have 1 to 255 printable characters.`);
  }
  return filter;
}
