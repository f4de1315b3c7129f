// Reads and changes the custom attributes of users. A change names the version that it replaces, so
// exactly one of several concurrent changes succeeds, on any number of nodes.
import type { Rank } from '#core/access-control/rank.service.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import { AppError } from '#platform/errors.ts';
import type { User } from '#core/users/users.ts';
import type { Callers, Declaration } from './schema/declarations.ts';
import { isStorable, resolvePointer } from './schema/values.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type {
  StoredSupplement,
  SupplementChange,
  CustomAttributeStore,
} from './custom-attributes.store.ts';
import type { CustomAttributeRegistry, ValueFault } from './schema/registry.service.ts';

/** Maximum size of one value, as JSON in UTF-8. */
export const maxSupplementBytes = 16 * 1024;

export interface CustomAttributeServiceDependencies {
  readonly db: Database;
  readonly rank: Rank;
  readonly supplements: CustomAttributeStore;
  readonly users: UserStore;
  readonly registry: CustomAttributeRegistry;
  readonly audit: Audit;
  readonly now: () => Date;
}

export interface SupplementWish {
  readonly userId: string;
  readonly namespace: string;
  /** The version that is replaced; 0 if there is no value yet. */
  readonly expected: number;
  readonly actor: AuditActor;
  /** The user who changes their own value, as read with the session; absent for an API client. */
  readonly user?: Pick<User, 'id' | 'securityVersion'>;
}

export type SupplementOutcome =
  | { readonly ok: true; readonly version: number; readonly receiptId: string; readonly at: Date }
  | { readonly ok: false; readonly reason: 'stale' }
  | { readonly ok: false; readonly reason: 'too_large' }
  | { readonly ok: false; readonly reason: 'invalid'; readonly faults: readonly ValueFault[] };

export function createCustomAttributes(dependencies: CustomAttributeServiceDependencies) {
  const { db, rank, supplements, users, registry, audit, now } = dependencies;

  async function list(userId: string, namespaces: readonly string[]) {
    return namespaces.length === 0 ? [] : supplements.list(userId, namespaces);
  }

  async function change(
    { userId, namespace, expected, actor, user }: SupplementWish,
    value: object | undefined,
  ): Promise<SupplementOutcome> {
    const at = now();
    const by = [actor.kind, actor.id].filter((part) => part !== undefined).join(' ');
    const wanted: SupplementChange = { userId, namespace, expected, at, by };
    return db.transaction(async (tx) => {
      await rank.prove(actor, { userId }, tx);
      if (user) await users.requireUnrevoked(user, tx);
      const version = await supplements.change(wanted, value, tx);
      if (version === undefined) return { ok: false, reason: 'stale' };
      const event = value === undefined ? 'supplement.removed' : 'supplement.changed';
      // The values stay out of the audit, which is append-only.
      const details = { namespace, version };
      const { id } = await audit.append({ event, actor, userId, details }, tx);
      return { ok: true, version, receiptId: id, at };
    });
  }

  return {
    ...registry,
    list,
    async get(userId: string, namespace: string): Promise<StoredSupplement | undefined> {
      return (await list(userId, [namespace]))[0];
    },
    async save(wish: SupplementWish, value: object): Promise<SupplementOutcome> {
      if (Buffer.byteLength(JSON.stringify(value)) > maxSupplementBytes) {
        return { ok: false, reason: 'too_large' };
      }
      const faults = registry.check(wish.namespace, value);
      if (faults.length > 0) return { ok: false, reason: 'invalid', faults };
      if (!isStorable(value)) return { ok: false, reason: 'invalid', faults: [unstorable] };
      return change(wish, value);
    },
    async remove(wish: SupplementWish): Promise<SupplementOutcome> {
      if (wish.expected === 0) return { ok: false, reason: 'stale' };
      return change(wish, undefined);
    },
    /** True if the client of the management API may read or write the namespace. */
    mayCall(declaration: Declaration, act: 'read' | 'write', clientId: string): boolean {
      const callers: Callers = declaration.api[act];
      return callers === '*' || callers.includes(clientId);
    },
    /** @throws AppError `not_found` */
    require(namespace: string): Declaration {
      const found = registry.find(namespace);
      if (!found) throw new AppError('not_found', 'Namespace not found.');
      return found;
    },
    /**
     * Returns the custom claims for the scopes and claim names, read with one statement; without a
     * matching namespace, no statement is run.
     */
    async claimsOf(
      userId: string,
      scopes: readonly string[],
      names: readonly string[],
    ): Promise<Readonly<Record<string, unknown>>> {
      const asked = new Set([
        ...scopes.flatMap((scope) => registry.ofScope(scope) ?? []),
        ...names.flatMap((name) => registry.ofClaim(name) ?? []),
      ]);
      const kept = await list(
        userId,
        [...asked].map(({ namespace }) => namespace),
      );
      return Object.fromEntries(kept.flatMap(({ namespace, value }) => claimsIn(namespace, value)));
    },
  };

  function claimsIn(namespace: string, value: unknown): readonly (readonly [string, unknown])[] {
    return Object.entries(registry.find(namespace)?.apps?.claims ?? {})
      .map(([claim, pointer]) => [claim, resolvePointer(value, pointer)] as const)
      .filter(([, found]) => found !== undefined && found !== null);
  }
}

export type CustomAttributes = ReturnType<typeof createCustomAttributes>;

const unstorable: ValueFault = {
  pointer: '',
  keyword: 'characters',
  message: 'contains characters that cannot be stored',
  limit: undefined,
  format: undefined,
};
