// Keeps the values of labels bounded: each distinct value is a time series of its own, which the
// monitoring system stores for years. A value that a client chose must never reach a label.

/** Values known in advance, or names from the code, of which at most `atMost` are distinguished. */
export type LabelRule = readonly string[] | { readonly atMost: number };

export type LabelRules = Readonly<Record<string, LabelRule>>;

export type LabelsOf<Rules extends LabelRules> = {
  readonly [Label in keyof Rules]: Rules[Label] extends readonly (infer Value extends string)[]
    ? Value
    : string;
};

/** Replaces every value that a rule does not permit. */
export const otherValue = 'other';

/** Returns a function that replaces the values that the rules do not permit. */
export function createLabelBounds(rules: LabelRules) {
  const known = Object.entries(rules).map(([label, rule]) => {
    const values = new Set<string>(isClosed(rule) ? rule : []);
    return { label, values, capacity: isClosed(rule) ? 0 : rule.atMost };
  });

  return function bound(labels: Readonly<Record<string, string>>): Record<string, string> {
    const bounded: Record<string, string> = {};
    for (const { label, values, capacity } of known) {
      const value = labels[label] ?? otherValue;
      if (values.size < capacity) values.add(value);
      bounded[label] = values.has(value) ? value : otherValue;
    }
    return bounded;
  };
}

/** Every combination of the values; empty when a label has values that are not known in advance. */
export function combinationsOf(rules: LabelRules): readonly Record<string, string>[] {
  const labels = Object.entries(rules);
  let combinations: Record<string, string>[] = [{}];
  for (const [label, rule] of labels) {
    if (!isClosed(rule)) return [];
    combinations = combinations.flatMap((each) =>
      rule.map((value) => ({ ...each, [label]: value })),
    );
  }
  return combinations;
}

function isClosed(rule: LabelRule): rule is readonly string[] {
  return Array.isArray(rule);
}
