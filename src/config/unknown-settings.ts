// Names in the file .env that are not settings, usually misspelt ones. The process environment contains
// variables of other programs, so it is not checked.
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { allSettings } from '#config/settings.ts';
import { nearestName } from '#platform/edit-distance.ts';

export interface UnknownSetting {
  readonly name: string;
  /** A setting that is written similarly. */
  readonly meant: string | undefined;
}

/** Variables that Node.js and terminal programs read. */
const others = /^(NODE_|UV_|NO_COLOR$|FORCE_COLOR$|TZ$|SSL_CERT_)/;

export function findUnknownSettings(path = '.env'): readonly UnknownSetting[] {
  if (!existsSync(path)) return [];
  const known = allSettings.flatMap(({ setting: { name } }) => [name, `${name}_FILE`]);
  return Object.keys(parseEnv(readFileSync(path, 'utf8')))
    .filter((name) => !known.includes(name) && !others.test(name))
    .map((name) => ({ name, meant: nearestName(name, known) }));
}

/** One sentence per name. */
export function describeUnknownSettings(unknown: readonly UnknownSetting[]): readonly string[] {
  return unknown.map(({ name, meant }) => {
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    return `${name} in .env is not a setting.${hint}`;
  });
}
