// user show: prints a user with the block and the sign-in methods of the user.
import type { Command } from '#cli/framework/command.ts';
import { alignColumns, describeValues } from '#cli/framework/columns.ts';
import { findUser, presentUser } from '#core/users/commands/format-user.ts';
import type { User } from '#core/users/users.ts';
import type { BlockNote, UserStore } from '#core/users/users.store.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import type { Identity } from '#features/federation/identities.ts';
import type { FactorState, SecondFactor } from '#features/mfa/mfa.service.ts';
import type { Passkeys } from '#features/passkeys/passkeys.service.ts';
import type { Passkey, SignInMethods } from '#features/passkeys/passkeys.ts';

interface Needs {
  readonly users: UserStore;
  readonly secondFactor: SecondFactor;
  readonly passkeys: Passkeys;
  readonly identities: Identities;
}

export const userShow: Command<Needs> = {
  name: 'user show',
  summary: 'Show a user with any block and the sign-in methods.',
  operand: 'EMAIL|ID',
  options: {},
  examples: ['user show ann@example.org', 'user show ann@example.org --json'],
  async run(needs, { operand }) {
    const user = await findUser(needs.users, operand);
    const facts = await readFacts(needs, user.id);
    const { created_at, updated_at, ...shown } = presentUser(user);
    const block = presentBlock(user, facts.note);
    const document = { ...shown, ...block, created_at, updated_at, ...presentMethods(facts) };
    return { document, text: describe(document) };
  },
};

interface Facts {
  readonly note: BlockNote | undefined;
  readonly methods: SignInMethods;
  readonly factor: FactorState;
  readonly passkeys: readonly Passkey[];
  readonly identities: readonly (Identity & { readonly provider: string })[];
}

async function readFacts(needs: Needs, id: string): Promise<Facts> {
  const { users, secondFactor, passkeys, identities } = needs;
  const [note, methods, factor, keys, linked] = await Promise.all([
    users.findBlockNote(id),
    passkeys.signInMethods(id),
    secondFactor.state(id),
    passkeys.list(id),
    identities.list(id),
  ]);
  const named = linked.map((each) => ({ ...each, provider: identities.nameOf(each.issuer) }));
  return { note, methods, factor, passkeys: keys, identities: named };
}

/** The names are those of the management API. */
function presentBlock({ blockedUntil }: User, note: BlockNote | undefined) {
  return {
    blocked_until: blockedUntil?.toISOString() ?? null,
    blocked_reason: note?.reason ?? null,
    blocked_by: note?.by ?? null,
  };
}

function presentMethods({ methods, factor, passkeys, identities }: Facts) {
  return {
    has_password: methods.hasPassword,
    second_factor: factor.since ? presentFactor(factor, factor.since) : null,
    passkeys: passkeys.map(({ id, name, createdAt, lastUsedAt }) => ({
      id,
      name,
      created_at: createdAt.toISOString(),
      last_used_at: lastUsedAt?.toISOString() ?? null,
    })),
    linked_accounts: identities.map(({ id, provider, email, linkedAt, lastUsedAt }) => ({
      id,
      provider,
      email: email ?? null,
      linked_at: linkedAt.toISOString(),
      last_used_at: lastUsedAt?.toISOString() ?? null,
    })),
  };
}

function presentFactor({ lastUsedAt, recoveryCodesLeft }: FactorState, since: Date) {
  return {
    type: 'totp',
    since: since.toISOString(),
    last_used_at: lastUsedAt?.toISOString() ?? null,
    recovery_codes_left: recoveryCodesLeft,
  };
}

type Document = ReturnType<typeof presentUser> & ReturnType<typeof presentMethods>;

function describe(document: Document): string {
  const { claims, second_factor: factor, passkeys, linked_accounts: linked, ...shown } = document;
  const described = factor && `totp since ${factor.since}, ${describeCodes(factor)}`;
  const values = describeValues({ ...shown, second_factor: described ?? 'none', ...claims });
  const keys = passkeys.map((key) => [key.name, `added ${key.created_at}`, describeUse(key)]);
  const accounts = linked.map((account) => [
    account.provider,
    account.email ?? '-',
    `linked ${account.linked_at}`,
    describeUse(account),
  ]);
  return `${values}${describeList('Passkeys', keys)}${describeList('Linked accounts', accounts)}`;
}

function describeCodes({ recovery_codes_left: left }: ReturnType<typeof presentFactor>): string {
  return `${left} recovery ${left === 1 ? 'code' : 'codes'} left`;
}

function describeUse({ last_used_at: at }: { readonly last_used_at: string | null }): string {
  return at === null ? 'never used' : `last used ${at}`;
}

function describeList(title: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return `\n${title}: none\n`;
  const lines = alignColumns(rows).trimEnd().split('\n');
  return `\n${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}
