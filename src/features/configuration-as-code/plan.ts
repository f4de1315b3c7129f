// The difference between the objects of an installation and those of a file.
import { canonicalJson } from '#platform/canonical-json.ts';
import type { Values } from './document/document.ts';

export type Action = 'create' | 'update' | 'delete';

export interface FieldChange {
  readonly name: string;
  /** `undefined`: the member is absent. */
  readonly before: unknown;
  readonly after: unknown;
  readonly isSecret?: true;
}

/** A change of one object. */
export interface PlannedChange {
  readonly kind: string;
  readonly key: string;
  readonly action: Action;
  readonly fields: readonly FieldChange[];
}

/** What a change revoked, in words and as JSON. */
export interface Effect {
  readonly name: string;
  readonly count: number;
}

export interface AppliedChange extends PlannedChange {
  readonly effects: readonly Effect[];
  /** The audit entry with the receipt of a revocation. */
  readonly receipt?: string | undefined;
  /** A generated secret, shown once. */
  readonly secret?: string | undefined;
}

export interface Applied {
  readonly changes: readonly AppliedChange[];
  readonly unchanged: number;
}

/** The members that differ, in alphabetical order. */
export function diffValues(before: Values = {}, after: Values = {}): readonly FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name) => {
    const [old, next] = [before[name], after[name]];
    return canonicalJson(old) === canonicalJson(next) ? [] : [{ name, before: old, after: next }];
  });
}

export function isSame(a: Values, b: Values): boolean {
  return canonicalJson(a) === canonicalJson(b);
}
