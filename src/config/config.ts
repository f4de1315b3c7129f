// Builds the validated Config from the environment and reports all errors at once. The settings are
// defined in settings/; development keys are generated in development-keys.ts.
import { AppError } from '#platform/errors.ts';
import { derive, type Config } from './derived.ts';
import { findAccidentalExposure } from './exposure.ts';
import { isSet, readSettings, type Environment } from './read-settings.ts';
import { findConflicts, findUnfitForProduction } from './rules.ts';
import { allSettings, settings } from './settings.ts';

export type { Config, Environment };

/**
 * Returns the complete configuration.
 * @throws AppError `invalid_input` that lists every error
 */
export function readConfig(env: Environment): Config {
  const faults: string[] = [];
  const values = readSettings(settings, { env, faults });
  const config = { ...values, ...derive(values), settingsInEnvironment: namesSet(env) };

  const invalid = new Set(faults.map((fault) => fault.split(' ', 1).join('')));
  faults.push(...findConflicts(config, invalid));
  const isPlaceChosen = !['NODE_ENV', 'ISSUER', 'HOST', 'SMTP_URL'].some((name) =>
    invalid.has(name),
  );
  if (values.environment === undefined && isPlaceChosen) {
    faults.push(...findAccidentalExposure(config));
  }
  if (config.environment === 'production') {
    faults.push(...findUnfitForProduction(config, env, invalid));
  }
  if (faults.length > 0) throw new AppError('invalid_input', describeFaults(faults));
  return config;
}

function namesSet(env: Environment): ReadonlySet<string> {
  const set = allSettings.filter(({ setting }) => isSet(setting, env));
  return new Set(set.map(({ setting }) => setting.name));
}

function describeFaults(faults: readonly string[]): string {
  const count = faults.length === 1 ? '1 error' : `${faults.length} errors`;
  return `Invalid configuration (${count}):\n${faults.map((fault) => `- ${fault}.`).join('\n')}`;
}
