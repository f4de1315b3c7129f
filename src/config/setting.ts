// What the definition of a setting consists of, and the type of the configuration that follows from
// a set of definitions. The settings themselves are in settings/, the kinds of values in kinds/.

/** How text becomes the value of a setting, and how values are described to the operator. */
export interface Kind<Value> {
  /** The accepted values, in Markdown. */
  readonly values: string;
  readonly unit?: string;
  /** The text of a secret is never repeated in a message. */
  readonly secret?: true;
  /** @throws Error whose message continues a sentence that begins with the name of the setting */
  parse(text: string): Value;
  /** A default, in Markdown; by default its text in backticks, or `none` for an empty list. */
  describe?(value: Value): string;
  /** The part of a secret that may be shown; by default only that it is set. */
  mask?(value: Value): string;
  /** The part of a value in which nodes of a cluster must agree; by default its text. */
  comparable?(value: Value): string;
}

export interface Setting<Value = unknown> {
  /** Name of the environment variable. NAME_FILE names a file that contains the value. */
  readonly name: string;
  readonly kind: Kind<Value>;
  /** What the setting does, for the operator, in Markdown. */
  readonly text: string;
  /** What applies when the setting is absent, in Markdown. */
  readonly unset: string;
  readonly default?: Value;
  /** The value in `.env.example`; by default the default. */
  readonly example?: string;
  readonly requiredInProduction?: true;
  /** Nodes of a cluster report a different value (features/cluster-settings/). */
  readonly sameOnAllNodes?: true;
}

export interface SettingWithDefault<Value = unknown> extends Setting<Value> {
  readonly default: Value;
}

/** Settings that form one object in the configuration. */
export interface SettingGroup<Members extends Settings = Settings> {
  readonly members: Members;
}

/** A group whose settings are set together or not at all, in which case the object is absent. */
export interface OptionalGroup<
  Members extends PlainSettings = PlainSettings,
> extends SettingGroup<Members> {
  readonly optional: true;
}

type PlainSettings = Readonly<Record<string, Setting>>;

/** Definitions by the name of the property in the configuration. */
export interface Settings {
  readonly [property: string]: Setting | SettingGroup;
}

type Definition<Value> = Omit<Setting<Value>, 'unset' | 'default'>;

/** A default that is a constant; `unset` replaces its description in the documentation. */
type ConstantDefault<Value> = {
  readonly default: NoInfer<Value>;
  readonly unset?: string;
};

/** Defines a setting. Without `default` the value may be absent, or derived in derived.ts. */
export function setting<Value>(
  definition: Definition<Value> & ConstantDefault<Value>,
): SettingWithDefault<Value>;
export function setting<Value>(
  definition: Definition<Value> & { readonly unset: string },
): Setting<Value>;
export function setting<Value>(
  definition: Definition<Value> & { readonly unset?: string; readonly default?: Value },
): Setting<Value> {
  const { kind, unset, default: value } = definition;
  return { ...definition, unset: unset ?? describeValue(kind, value) };
}

export function group<const Members extends Settings>(members: Members): SettingGroup<Members> {
  return { members };
}

export function optionalGroup<const Members extends PlainSettings>(
  members: Members,
): OptionalGroup<Members> {
  return { members, optional: true };
}

function describeValue<Value>(kind: Kind<Value>, value: Value | undefined): string {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return 'none';
  return kind.describe?.(value) ?? `\`${String(value)}\``;
}

/** The configuration that results from definitions. */
export type ConfigOf<Entries extends Settings> = Flat<
  {
    readonly [Key in keyof Entries as IsRequired<Entries[Key]> extends true ? Key : never]: ValueOf<
      Entries[Key]
    >;
  } & {
    readonly [
      Key in keyof Entries as IsRequired<Entries[Key]> extends true ? never : Key
    ]?: ValueOf<Entries[Key]>;
  }
>;

type IsRequired<Entry> = Entry extends OptionalGroup
  ? false
  : Entry extends SettingGroup | SettingWithDefault
    ? true
    : false;

type ValueOf<Entry> =
  Entry extends OptionalGroup<infer Members>
    ? Required<ConfigOf<Members>>
    : Entry extends SettingGroup<infer Members>
      ? ConfigOf<Members>
      : Entry extends Setting<infer Value>
        ? Value
        : never;

/** Shows one object type instead of an intersection in messages of the compiler. */
type Flat<Type> = { readonly [Key in keyof Type]: Type[Key] };

/** A setting and the path of its value in the configuration. */
export interface SettingAt {
  readonly path: readonly string[];
  readonly setting: Setting;
}

/** Lists every setting, including the members of groups, in the order of definition. */
export function listSettings(settings: Settings, path: readonly string[] = []): SettingAt[] {
  return Object.entries(settings).flatMap(([key, entry]) => {
    const here = [...path, key];
    return isGroup(entry) ? listSettings(entry.members, here) : [{ path: here, setting: entry }];
  });
}

/** Returns the value of a setting, or undefined if it is absent. */
export function valueAt(config: object, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    config,
  );
}

export function isGroup(entry: Setting | SettingGroup): entry is SettingGroup | OptionalGroup {
  return 'members' in entry;
}
