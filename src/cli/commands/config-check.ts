// `config check`: lists all invalid settings, or shows the effective settings without secrets.
import type { Config } from '#config/config.ts';
import { loadBrand } from '#features/branding/load-brand.service.ts';
import { loadCustomAttributes } from '#features/custom-attributes/schema/registry.service.ts';
import { showSettings } from '#config/shown-settings.ts';
import type { Answer } from '#cli/framework/command.ts';
import { describeValues } from '#cli/framework/columns.ts';
import type { ProcessCommand } from '#cli/framework/context.ts';
import {
  describeUnknownSettings,
  findUnknownSettings,
  type UnknownSetting,
} from '#config/unknown-settings.ts';

export const configCheck: ProcessCommand = {
  name: 'config check',
  summary: 'Check the settings and show them, without secrets.',
  options: {},
  async run({ readConfig }) {
    try {
      const config = readConfig();
      await loadCustomAttributes(config.supplements);
      await loadBrand(config);
      return summarize(config);
    } catch (error) {
      return listFaults(error);
    }
  },
};

function summarize(config: Config): Answer {
  const summary = showSettings(config);
  const unknown = findUnknownSettings();
  return {
    document: { faults: [], unknown, settings: summary },
    text: `All settings are valid.\n${describeUnknown(unknown)}\n${describeValues(summary)}`,
  };
}

function listFaults(error: unknown): Answer {
  const message = error instanceof Error ? error.message : String(error);
  const faults = message
    .split('\n')
    .flatMap((line) => (line.startsWith('- ') ? line.slice(2) : []));
  const unknown = findUnknownSettings();
  return {
    document: { faults: faults.length > 0 ? faults : [message], unknown },
    text: `${message}\n${describeUnknown(unknown)}`,
    exitCode: 1,
  };
}

function describeUnknown(unknown: readonly UnknownSetting[]): string {
  const sentences = describeUnknownSettings(unknown).map((sentence) => `${sentence}\n`);
  return sentences.length === 0 ? '' : `\n${sentences.join('')}`;
}
