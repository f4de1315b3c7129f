// Compares a response of the management API with the declaration of its route: the schema of a success, and
// the codes of its errors.
import assert from 'node:assert/strict';
import type { Route } from '#http/api/route.ts';
import { sharedProblems, successOf, type Problem, type Success } from '#http/api/responses.ts';

export interface ObservedResponse {
  readonly method: string;
  /** Relative to the prefix of the API. */
  readonly path: string;
  readonly status: number;
  readonly text: string;
}

/** Does nothing if no route has this method and path. */
export function assertDeclared(routes: readonly Route[], observed: ObservedResponse): void {
  const { method, path, status, text } = observed;
  const matching = routes.filter((each) => matches(each, path));
  // A path without parameters comes before one with them (OpenAPI 3.1 §4.8.8.2).
  const exact = matching.filter((each) => each.path === path);
  const route = (exact.length > 0 ? exact : matching).find((each) => each.method === method);
  if (!route) return;
  const name = `${method} ${route.path} answered ${status}: ${text.slice(0, 2000)}`;
  const success = successOf(route.responses);
  if (status === success.status) return assertSuccess(success.content, text, name);
  const waiting = route.responses[202];
  if (status === 202 && waiting) return assertSuccess(waiting, text, name);
  const { code } = Object(JSON.parse(text));
  assert.ok(codesOf(route, status).includes(code), `undeclared error: ${name}`);
}

function matches({ path: pattern }: Route, path: string): boolean {
  return new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path);
}

function codesOf({ responses }: Route, status: number): readonly string[] {
  const declared: Readonly<Record<number, Success | Problem>> = responses;
  const problem = declared[status];
  return [...sharedProblems, ...(problem && 'codes' in problem ? problem.codes : [])];
}

function assertSuccess(success: Success, text: string, name: string): void {
  const isLines = 'line' in success;
  const documents = isLines ? text.split('\n').filter((line) => line !== '') : [text];
  const schema = isLines ? success.line : success;
  for (const document of documents) {
    const read = schema.safeParse(JSON.parse(document));
    assert.ok(read.success, `${name}\n${read.error?.message}`);
  }
}
