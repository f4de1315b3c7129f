// `config check`: lists all invalid settings, or shows the effective settings without secrets.
import type { Config } from '#config/config.ts';
import { loadBrand } from '#features/branding/load-brand.service.ts';
import { loadCustomAttributes } from '#features/custom-attributes/schema/registry.service.ts';
import { showSettings } from '#config/shown-settings.ts';
import type { Answer } from '#cli/framework/command.ts';
import { describeValues } from '#cli/framework/columns.ts';
import type { ProcessCommand } from '#cli/framework/context.ts';
import { findCertificateProblems } from '#server/listeners/certificate-problems.ts';
import { readTlsFiles } from '#server/listeners/tls-files.ts';
import { describeUnknownSettings, findUnknownSettings } from '#config/unknown-settings.ts';

export const configCheck: ProcessCommand = {
  name: 'config check',
  summary: 'Check the settings and show them, without secrets.',
  options: {},
  async run({ readConfig, now }) {
    try {
      const config = readConfig();
      await loadCustomAttributes(config.supplements);
      await loadBrand(config);
      return summarize(config, await warnOfCertificate(config, now()));
    } catch (error) {
      return listFaults(error);
    }
  },
};

/**
 * A certificate that clients would refuse does not prevent a start, because it can be renewed while the
 * server runs.
 * @throws AppError if the files cannot be used
 */
async function warnOfCertificate(config: Config, now: Date): Promise<readonly string[]> {
  const identity = await readTlsFiles(config);
  if (!identity) return [];
  return findCertificateProblems(identity.cert, config, now).map(({ message }) => message);
}

function summarize(config: Config, warnings: readonly string[]): Answer {
  const summary = showSettings(config);
  const unknown = findUnknownSettings();
  const notes = describeNotes([...describeUnknownSettings(unknown), ...warnings]);
  return {
    document: { faults: [], unknown, warnings, settings: summary },
    text: `All settings are valid.\n${notes}\n${describeValues(summary)}`,
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
    text: `${message}\n${describeNotes(describeUnknownSettings(unknown))}`,
    exitCode: 1,
  };
}

function describeNotes(sentences: readonly string[]): string {
  const lines = sentences.map((sentence) => `${sentence}\n`);
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}
