// branding show, set and reset.
import { describeValues } from '#cli/framework/columns.ts';
import type { Answer, Command } from '#cli/framework/command.ts';
import type { Config } from '#config/config.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { AppError } from '#platform/errors.ts';
import type { BrandingAdministration } from './branding.service.ts';
import { presentBranding } from './present-branding.ts';
import type { BrandSettings, StoredBranding } from './stored-branding.ts';

interface Needs {
  readonly brandingAdministration: BrandingAdministration;
  readonly config: Config;
}

const longestShown = 60;

const brandingShow: Command<Needs> = {
  name: 'branding show',
  summary: 'Show the brand, and whether it is stored or set by BRANDING.',
  options: {},
  async run({ brandingAdministration, config }) {
    return answerWith(await brandingAdministration.find(), config);
  },
};

const brandingSet: Command<Needs> = {
  name: 'branding set',
  summary: 'Replace the brand; every node shows it within a second.',
  options: {
    file: {
      value: 'FILE',
      reads: 'file',
      isRequired: true,
      meaning: 'The members of BRANDING in JSON, images as data: URLs; - reads standard input',
    },
  },
  examples: ['branding set --file brand.json'],
  async run({ brandingAdministration, config }, args, io) {
    const settings = readSettings(await io.file(args.required('file')));
    const written = await brandingAdministration.write(settings, { by: commandLineActor });
    return answerWith(written, config, 'The brand is stored.\n\n');
  },
};

const brandingReset: Command<Needs> = {
  name: 'branding reset',
  summary: 'Delete the stored brand, so that BRANDING applies again.',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete it with its images, which cannot be undone',
    },
  },
  async run({ brandingAdministration }) {
    const reset = await brandingAdministration.reset({ by: commandLineActor });
    const text = reset ? 'The stored brand is deleted.\n' : 'No brand was stored.\n';
    return { document: { reset }, text };
  },
};

/** In the order of the help. */
export const brandingCommands = [brandingShow, brandingSet, brandingReset] as const;

function answerWith(stored: StoredBranding | undefined, config: Config, sentence = ''): Answer {
  const document = presentBranding(stored, config.branding);
  const short = Object.entries(document).map(([name, value]) => [name, shorten(value)]);
  return { document, text: `${sentence}${describeValues(Object.fromEntries(short))}` };
}

/** Shortens long values, such as images. */
function shorten(value: unknown): unknown {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  if (value === null || text.length <= longestShown) return value;
  return `${text.slice(0, longestShown)}...`;
}

function readSettings(text: string): BrandSettings {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Reported below: the parser's own message would repeat part of the file.
  }
  throw new AppError('invalid_input', 'The file must contain a JSON object.');
}
