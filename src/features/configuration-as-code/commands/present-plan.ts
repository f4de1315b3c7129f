// A plan, or the applied changes, as JSON and as text.
import type { Paint } from '#cli/framework/terminal/paint.ts';
import type { ReceiptKind } from '#core/revocation/receipts.ts';
import { receiptWords } from '#core/revocation/receipts.ts';
import type { Action, Applied, FieldChange } from '#features/configuration-as-code/plan.ts';

export interface ShownChange {
  readonly action: Action;
  readonly kind: string;
  readonly key: string;
  readonly fields: readonly {
    readonly name: string;
    /** Null if the member is absent or is a secret. */
    readonly before: unknown;
    readonly after: unknown;
    readonly secret?: true;
  }[];
  readonly effects: readonly { readonly name: string; readonly count: number }[];
  readonly receipt: string | null;
  readonly client_secret?: string | undefined;
}

/** The JSON document of `apply`. */
export interface ShownPlan {
  readonly applied: boolean;
  readonly changes: readonly ShownChange[];
  readonly counts: Readonly<Record<Action | 'unchanged', number>>;
}

export function presentApplied(
  { changes, unchanged }: Applied,
  { isPlan }: { readonly isPlan: boolean },
): ShownPlan {
  const count = (action: Action) => changes.filter((each) => each.action === action).length;
  return {
    applied: !isPlan,
    changes: changes.map(({ action, kind, key, fields, effects, receipt, secret }) => ({
      action,
      kind,
      key,
      fields: fields.map(presentField),
      effects,
      // The audit entry and the secret of a plan were rolled back.
      receipt: (isPlan ? undefined : receipt) ?? null,
      ...(secret === undefined || isPlan ? {} : { client_secret: secret }),
    })),
    counts: {
      create: count('create'),
      update: count('update'),
      delete: count('delete'),
      unchanged,
    },
  };
}

function presentField({ name, before, after, isSecret }: FieldChange) {
  const values = { before: before ?? null, after: after ?? null };
  return isSecret
    ? { name, before: null, after: null, secret: true as const }
    : { name, ...values };
}

const signs: Readonly<Record<Action, string>> = { create: '+', update: '~', delete: '-' };

export function describePlan(plan: ShownPlan, paint: Paint): string {
  const { create, update, delete: removed, unchanged } = plan.counts;
  const colors = { create: paint.good, update: paint.caution, delete: paint.bad };
  const blocks = plan.changes.map((change) =>
    [
      colors[change.action](`${signs[change.action]} ${change.kind}.${printable(change.key)}`),
      ...(change.action === 'delete'
        ? []
        : change.fields.map((field) => describeField(change, field))),
      ...describeEffects(change, plan.applied),
    ].join('\n'),
  );
  const isSame = plan.changes.length === 0;
  const counts = `${create} to create, ${update} to update, ${removed} to delete, ${unchanged} unchanged.`;
  const summary = plan.applied ? counts.replaceAll(/ to (creat|updat|delet)e/g, ' $1ed') : counts;
  const nothing = `Nothing differs: ${unchanged} unchanged.`;
  return `${blocks.map((block) => `${block}\n`).join('')}${isSame ? nothing : summary}\n`;
}

function describeField({ action }: ShownChange, field: ShownChange['fields'][number]): string {
  const { name, before, after, secret } = field;
  if (secret) return `    ${name}: ${action === 'create' ? 'from its reference' : 'changed'}`;
  if (action === 'create') return `    ${name}: ${describeValue(after)}`;
  return `    ${name}: ${describeValue(before)} -> ${describeValue(after)}`;
}

function describeEffects(change: ShownChange, isApplied: boolean): readonly string[] {
  const { effects, receipt, client_secret: secret } = change;
  const words: Readonly<Record<string, string>> = receiptWords satisfies Record<
    ReceiptKind,
    string
  >;
  const counts = effects.map(({ name, count }) => `${words[name] ?? name}: ${count}`).join(', ');
  return [
    ...(counts === '' ? [] : [`    ${isApplied ? 'effect' : 'would be the effect'}: ${counts}`]),
    ...(receipt === null || counts === '' ? [] : [`    audit entry: ${receipt}`]),
    ...(secret === undefined ? [] : [`    client_secret, shown only once: ${secret}`]),
  ];
}

function describeValue(value: unknown): string {
  return value === null ? '(none)' : printable(JSON.stringify(value));
}

/** A value in the file must not move the cursor or change colors. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\u{fffd}');
}
