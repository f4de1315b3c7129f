// The content of a configuration file, after parsing and with its secrets resolved.
import type { z } from 'zod';

export const documentVersion = 1;
export const maxFileBytes = 5 * 1024 * 1024;

/** The members of one object, as in the file. */
export type Values = Readonly<Record<string, unknown>>;

/** The file contains a reference, never the secret itself. */
export interface Secret {
  readonly value: string;
  /** How long the previous secret stays valid. */
  readonly overlapSeconds: number;
}

export interface Entry {
  /** Name of the object: `client_id`, audience, id of the role, name of the group. */
  readonly key: string;
  readonly values: Values;
  /** Where the object is in the file, such as `line 12, column 3`. */
  readonly place: string;
  readonly secret?: Secret | undefined;
}

export interface Section {
  readonly kind: string;
  readonly entries: readonly Entry[];
}

export interface ConfigurationDocument {
  readonly sections: readonly Section[];
}

/** The part of a kind of object that the parser needs. */
export interface SectionRules {
  /** Name of the section of the file. */
  readonly name: string;
  /** The rest of a sentence that begins with the key; `undefined` for a valid one. */
  findKeyFault(key: string): string | undefined;
  readonly schema: z.ZodType<Values>;
  /** The member that refers to a secret. */
  readonly secretMember?: string | undefined;
}

/** Objects of one kind by key, in the order of the keys. */
export type ExportedObjects = ReadonlyMap<string, Values>;
