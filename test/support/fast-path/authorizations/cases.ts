// Authorization requests from the choices: each choice once, and random combinations.
import fc from 'fast-check';
import type { RawRequest } from '#test/support/fast-path/two-ways.ts';
import { all, write, type Choice, type Draft } from './drafts.ts';
import { headerChoices } from './headers.ts';
import { parameterChoices } from './parameters.ts';
import type { Visit } from './visits.ts';

export interface AuthorizationCase {
  readonly name: string;
  readonly draft: Draft;
  readonly request: RawRequest;
  /** Absent for a combination. */
  readonly isDirect?: boolean;
}

function caseOf(name: string, draft: Draft): AuthorizationCase {
  return { name, draft, request: write(draft) };
}

/** The usual request of each client. */
export function clientCases({ clients, others, draft }: Visit): readonly AuthorizationCase[] {
  const ofEach = (group: Visit['clients'], isDirect: boolean) =>
    Object.entries(group).map(([name, client]) => ({ ...caseOf(name, draft(client)), isDirect }));
  return [...ofEach(clients, true), ...ofEach(others, false)];
}

/** The usual request with one change. */
export function singleCases(
  { draft }: Visit,
  choices: readonly Choice[],
): readonly AuthorizationCase[] {
  return choices.map(({ name, change, isDirect }) => ({
    ...caseOf(name, change(draft())),
    isDirect,
  }));
}

/** Requests of any client with several changes, most of which are usual. */
export function randomCases(visit: Visit, count: number, seed: number): AuthorizationCase[] {
  const mostlyUsual = (choices: readonly Choice[]) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...choices.filter(({ isDirect }) => isDirect)) },
      { weight: 1, arbitrary: fc.constantFrom(...choices) },
    );
  const parameter = mostlyUsual(parameterChoices(visit));
  const chosen = fc.record({
    client: fc.constantFrom(...Object.entries({ ...visit.clients, ...visit.others })),
    changes: fc.tuple(parameter, parameter, mostlyUsual(headerChoices)),
  });
  return fc.sample(chosen, { numRuns: count, seed }).map(({ client: [name, client], changes }) => {
    const change = all(...changes.map((each) => each.change));
    const names = changes.map((each) => each.name);
    return caseOf(`${name}: ${names.join(', ')}`, change(visit.draft(client)));
  });
}
