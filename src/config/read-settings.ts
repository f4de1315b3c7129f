// Reads settings from the environment and collects every error. Rules across settings are in
// rules.ts.
import { readFileSync } from 'node:fs';
import {
  isGroup,
  type ConfigOf,
  type OptionalGroup,
  type Setting,
  type SettingGroup,
  type Settings,
} from './setting.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where settings are read from, and the errors found so far. */
export interface Source {
  readonly env: Environment;
  readonly faults: string[];
}

/** Returns the values that are set or have a default; reports every invalid one. */
export function readSettings<Entries extends Settings>(
  settings: Entries,
  source: Source,
): ConfigOf<Entries> {
  const values = Object.entries(settings).flatMap(([key, entry]) => {
    const value = isGroup(entry) ? readGroup(entry, source) : readSetting(entry, source);
    return value === undefined ? [] : [[key, value] as const];
  });
  // ConfigOf gives each property the type that its own definition parses to.
  return Object.fromEntries(values) as ConfigOf<Entries>;
}

/** True if NAME or NAME_FILE is set; an empty value counts as unset. */
export function isSet({ name }: Setting, env: Environment): boolean {
  return textOf(env, name) !== '' || textOf(env, `${name}_FILE`) !== '';
}

function readGroup(group: SettingGroup | OptionalGroup, source: Source): object | undefined {
  const values = readSettings(group.members, source);
  if (!('optional' in group)) return values;
  const members = Object.values(group.members);
  const present = members.filter((member) => isSet(member, source.env));
  if (present.length > 0 && present.length < members.length) {
    source.faults.push(`${members.map(({ name }) => name).join(' and ')} must be set together`);
  }
  return Object.keys(values).length === members.length ? values : undefined;
}

/** The value of a setting; its default if it is unset or invalid. */
function readSetting<Value>(setting: Setting<Value>, { env, faults }: Source): Value | undefined {
  try {
    const text = readText(env, setting.name);
    return text === '' ? setting.default : parse(setting, text);
  } catch (fault) {
    faults.push(`${setting.name} ${messageOf(fault)}`);
    return setting.default;
  }
}

function parse<Value>({ kind }: Setting<Value>, text: string): Value {
  try {
    return kind.parse(text);
  } catch (cause) {
    const shown = kind.secret ? '' : `, not ${JSON.stringify(text.slice(0, 100))}`;
    throw new Error(`${messageOf(cause)}${shown}`, { cause });
  }
}

/**
 * The value of NAME, or the content of the file named by NAME_FILE, without surrounding whitespace.
 */
function readText(env: Environment, name: string): string {
  const text = textOf(env, name);
  const path = textOf(env, `${name}_FILE`);
  if (path === '') return text;
  if (text !== '') throw new Error(`and ${name}_FILE are both set; keep one of them`);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new Error(`cannot be read from ${JSON.stringify(path)} (${why})`, { cause });
  }
}

function textOf(env: Environment, name: string): string {
  return env[name]?.trim() ?? '';
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
