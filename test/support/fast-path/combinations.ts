// Requests from the choices of an endpoint: each choice once, and random combinations. FAST_PATH_REQUESTS sets
// the number of random requests for each endpoint, and FAST_PATH_SEED their seed; `npm run test:fast-path`
// sends thousands.
import fc from 'fast-check';
import type { Choices, Endpoint } from './choices.ts';
import type { RawRequest } from './two-ways.ts';

const { FAST_PATH_REQUESTS: requests, FAST_PATH_SEED: givenSeed } = process.env;
const randomCount = Number(requests ?? 50);
/** The same in every run, unless many requests are sent. */
export const seed = Number(givenSeed ?? (requests === undefined ? 1 : Date.now() % 1_000_000));

export interface Case {
  readonly name: string;
  readonly request: RawRequest;
}

function build(
  { method, path }: Endpoint,
  chosen: { [Key in keyof Choices]: Choices[Key][number] },
): Case {
  const { client, authentication, subject, option, extra, shape } = chosen;
  const { headers = [], pairs = [] } = client[1] ? authentication[1](client[1]) : {};
  const draft = {
    method,
    path,
    headers: [...headers, ...extra[1]],
    pairs: [...subject[1], ...option[1], ...pairs],
  };
  const names = Object.values(chosen).map(([name]) => name);
  return { name: `${method} ${path}: ${names.join(', ')}`, request: shape[1](draft) };
}

type Chosen = Parameters<typeof build>[1];

export function casesOf(endpoint: Endpoint): Case[] {
  return [...eachChoice(endpoint), ...randomCases(endpoint)];
}

/** Varies one choice at a time. */
function eachChoice(endpoint: Endpoint): Case[] {
  const { choices } = endpoint;
  const keys = Object.keys(choices) as (keyof Choices)[]; // the type has no other keys
  const usual = Object.fromEntries(keys.map((key) => [key, choices[key][0]])) as unknown as Chosen;
  return keys.flatMap((key) =>
    choices[key].map((value) => build(endpoint, { ...usual, [key]: value })),
  );
}

/** Random combinations, in which most choices are usual. */
function randomCases(endpoint: Endpoint): Case[] {
  const mostlyUsual = <Value>(values: readonly Value[], usual: number) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...values.slice(0, usual)) },
      { weight: 1, arbitrary: fc.constantFrom(...values) },
    );
  const { client, authentication, subject, option, extra, shape } = endpoint.choices;
  const chosen = fc.record({
    client: fc.constantFrom(...client),
    authentication: mostlyUsual(authentication, 2),
    subject: fc.constantFrom(...subject),
    option: fc.constantFrom(...option),
    extra: fc.constantFrom(...extra),
    shape: mostlyUsual(shape, 5),
  }) as fc.Arbitrary<Chosen>; // one of each list
  return fc.sample(chosen, { numRuns: randomCount, seed }).map((one) => build(endpoint, one));
}
