// The registry of declared namespaces. Declarations are validated and schemas compiled once at
// startup; without any declaration, the schema compiler is not loaded.
import type { ErrorObject } from 'ajv';
import { AppError } from '#platform/errors.ts';
import { claimsOfScope, isStandardScope } from '#core/clients/scopes.ts';
import { readDeclarations, type Declaration, type DeclaredSchema } from './declarations.ts';

/** A violation of the schema, located by a JSON Pointer (RFC 6901). */
export interface ValueFault {
  readonly pointer: string;
  readonly keyword: string;
  /** For developers, in English. */
  readonly message: string;
  /** The limit that was violated, if the keyword has one. */
  readonly limit: number | undefined;
  readonly format: string | undefined;
}

type Check = (value: unknown) => readonly ValueFault[];

/** @throws AppError `invalid_input` listing every fault of the setting */
export async function loadCustomAttributes(raw: readonly unknown[]) {
  const { declarations, schemas, faults } = readDeclarations(raw);
  const compiled = schemas.length === 0 ? undefined : await compileAll(schemas);
  const all = [...faults, ...(compiled?.faults ?? []), ...declarations.flatMap(strayClaims)];
  if (all.length > 0) {
    const lines = all.map((fault) => `- SUPPLEMENTS: ${fault}.`).join('\n');
    throw new AppError('invalid_input', `SUPPLEMENTS is invalid:\n${lines}`);
  }
  const byNamespace = new Map(declarations.map((each) => [each.namespace, each]));
  const byScope = new Map(
    declarations.flatMap((each) => (each.apps ? [[each.apps.scope, each]] : [])),
  );
  const byClaim = new Map(
    declarations.flatMap((each) =>
      Object.keys(each.apps?.claims ?? {}).map((claim) => [claim, each] as const),
    ),
  );
  return {
    declarations,
    /** The claims that each declared scope requests. */
    extraScopes: new Map(
      [...byScope].map(([scope, each]) => [scope, Object.keys(each.apps?.claims ?? {})]),
    ),
    find: (namespace: string): Declaration | undefined => byNamespace.get(namespace),
    /** The namespace whose claims the scope requests. */
    ofScope: (scope: string): Declaration | undefined => byScope.get(scope),
    ofClaim: (claim: string): Declaration | undefined => byClaim.get(claim),
    /** True for scopes that request claims about the user, standard or declared. */
    isUserScope: (scope: string): boolean => isStandardScope(scope) || byScope.has(scope),
    /** The claims that the scope requests, standard or declared; empty for the scope of an API. */
    claimsOfScope: (scope: string): readonly string[] =>
      isStandardScope(scope)
        ? claimsOfScope[scope]
        : Object.keys(byScope.get(scope)?.apps?.claims ?? {}),
    check: (namespace: string, value: unknown): readonly ValueFault[] =>
      compiled?.checks.get(namespace)?.(value) ?? [],
  };
}

export type CustomAttributeRegistry = Awaited<ReturnType<typeof loadCustomAttributes>>;

async function compileAll(schemas: readonly DeclaredSchema[]) {
  const { compileSchema } = await import('./schema-compiler.ts');
  const checks = new Map<string, Check>();
  const faults: string[] = [];
  for (const { namespace, schema } of schemas) {
    const compiled = compileSchema(schema);
    const { validate } = compiled;
    faults.push(...compiled.faults.map((fault) => `${JSON.stringify(namespace)} ${fault}`));
    if (!validate) continue;
    checks.set(namespace, (value) => (validate(value) ? [] : faultsOf(validate.errors)));
  }
  return { checks, faults };
}

/** Reports claims that could never have a value because the schema excludes their property. */
function strayClaims({ namespace, schema, apps }: Declaration): readonly string[] {
  if (schema['additionalProperties'] !== false) return [];
  const properties = new Set(Object.keys(Object(schema['properties'])));
  return Object.entries(apps?.claims ?? {})
    .filter(([, pointer]) => pointer !== '' && !properties.has(firstStep(pointer)))
    .map(([claim]) => `${JSON.stringify(namespace)} has no place for the claim ${claim}`);
}

function firstStep(pointer: string): string {
  return (pointer.split('/')[1] ?? '').replaceAll('~1', '/').replaceAll('~0', '~');
}

function faultsOf(errors: readonly ErrorObject[] | null | undefined): readonly ValueFault[] {
  return (errors ?? []).map(({ instancePath, keyword, params, message = 'is invalid' }) => {
    const missing: unknown = params['missingProperty'] ?? params['additionalProperty'];
    const step = String(missing).replaceAll('~', '~0').replaceAll('/', '~1');
    const limit: unknown = params['limit'] ?? params['multipleOf'];
    const format: unknown = params['format'] ?? params['type'];
    return {
      pointer: typeof missing === 'string' ? `${instancePath}/${step}` : instancePath,
      keyword,
      message: typeof missing === 'string' ? missingWords(keyword) : message,
      limit: typeof limit === 'number' ? limit : undefined,
      format: typeof format === 'string' ? format : undefined,
    };
  });
}

function missingWords(keyword: string): string {
  return keyword === 'required' ? 'is required' : 'is not allowed';
}
