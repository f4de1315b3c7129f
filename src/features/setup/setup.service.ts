// The first administrator: a one-time link, printed at every start while there is no administrator.
// It is valid for a day, and until the role admin is given to a user or group. There is no default
// account.
import { AppError } from '#platform/errors.ts';
import { randomToken, sha256 } from '#platform/crypto/hashing.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import type { SetupLinkStore } from './setup-links.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type {
  AccountOutcome,
  AccountRequest,
  Registration,
} from '#features/registration/registration.service.ts';

export interface SetupDependencies {
  readonly issuer: string;
  readonly links: SetupLinkStore;
  readonly roles: RoleStore;
  readonly registration: Registration;
  readonly audit: Audit;
  readonly now: () => Date;
}

export function createSetup(dependencies: SetupDependencies) {
  const { issuer, links, roles, registration, audit, now } = dependencies;

  async function issueLink(): Promise<string | undefined> {
    if ((await roles.countOf('admin')) > 0) return undefined;
    const token = randomToken();
    await links.issue(sha256(token), now());
    return `${issuer}/auth/setup/${token}`;
  }

  return {
    /** The link to print at startup; `undefined` if an administrator exists. */
    issueLink,
    /** The same at the request of an operator, which is audited. */
    async issueLinkFor(by: AuditActor): Promise<string | undefined> {
      const link = await issueLink();
      if (link !== undefined) await audit.append({ event: 'setup_link.issued', actor: by });
      return link;
    },
    async isUsable(token: string): Promise<boolean> {
      return (await roles.countOf('admin')) === 0 && links.isUsable(sha256(token), now());
    },
    /** Consumes the link and creates the administrator in one transaction. */
    async use(token: string, request: AccountRequest): Promise<AccountOutcome> {
      const made = { ...request, madeByOperator: true };
      return registration.registerWith(made, async (tx, user) => {
        const spent = await links.use(sha256(token), now(), tx);
        if (!spent || (await roles.countOf('admin', tx)) > 0) {
          throw new AppError('expired', 'This link has expired or has already been used.');
        }
        await roles.grant(user.id, 'admin', now(), tx);
        const { id: userId } = user;
        const actor: AuditActor = { kind: 'user', id: userId };
        const details = { role: 'admin', by: 'setup link' };
        await audit.append({ event: 'role.granted', actor, userId, details }, tx);
      });
    },
  };
}

export type Setup = ReturnType<typeof createSetup>;
