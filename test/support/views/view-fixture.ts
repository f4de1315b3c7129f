// Locals of a view, from which the tests render its page.
import type { View } from '#http/rendering/view.ts';

/** Every local, so that a new one in the type of the view has to be added here. */
type Full<Locals> = { readonly [Name in keyof Required<Locals>]: Locals[Name] };

interface Examples<Locals> {
  readonly full: Full<Locals>;
  /** Without optional locals; the same as `full` if this is left out. */
  readonly short?: Locals;
  /** Locals for the screenshots in the documentation, instead of those in `full`. */
  readonly shown?: Partial<Locals>;
  /** Selectors that password managers, conformance tests and the browser tests rely on. */
  readonly hooks?: readonly string[];
}

export interface ViewFixture {
  readonly view: View<object>;
  readonly full: object;
  readonly short: object;
  readonly shown: object;
  readonly hooks: readonly string[];
}

export function aFixture<Locals extends object>(
  view: View<Locals>,
  { full, short, shown, hooks = [] }: NoInfer<Examples<Locals>>,
): ViewFixture {
  return { view, full, short: short ?? full, shown: { ...full, ...shown }, hooks };
}
