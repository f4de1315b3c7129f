// Steps for tests of administrators: users with roles, and their tokens for the management API.
import { managementScopes } from '#core/clients/scopes.ts';
import type { TestApp } from '#test/support/app.ts';
import { createCaller } from '#test/support/actors/api-client.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';

type AppOfAdministrators = Pick<
  TestApp,
  'issuer' | 'send' | 'services' | 'createUser' | 'relyingParty'
>;

/** A user with these roles, and a token with every scope that the roles permit. */
export async function anAdministrator(
  app: AppOfAdministrators,
  roles: readonly string[],
  requested: readonly string[] = managementScopes,
  existing?: Person,
) {
  const { done } = createCommandRunner(app.services);
  const person: Person = existing ?? (await app.createUser());
  for (const role of roles) await done(['user', 'add-role', person.id, '--role', role]);
  const scope = ['openid', ...requested].join(' ');
  const rp = await app.relyingParty({ scope });
  const login = await rp.login(person, { scope, resource: `${app.issuer}/auth/api` });
  const scopes = (login.scope ?? '').split(' ').filter((each) => each !== '');
  const { accessToken } = login;
  return { person, scopes, accessToken, api: createCaller(app, accessToken) };
}

/** An administrator whose only role permits these scopes of the management API. */
export async function aLimited(app: AppOfAdministrators, scopes: readonly string[]) {
  const { done } = createCommandRunner(app.services);
  const role = `limited-${crypto.randomUUID().slice(0, 8)}`;
  await done(['role', 'create', role]);
  for (const scope of scopes) await done(permission(app, 'add', role, scope));
  return { ...(await anAdministrator(app, [role])), role };
}

/** The command that adds or removes permissions of the management API. */
export function permission(
  app: Pick<TestApp, 'issuer'>,
  verb: 'add' | 'remove',
  role: string,
  scopes: string,
) {
  const audience = `${app.issuer}/auth/api`;
  return ['role', `${verb}-permission`, role, '--resource', audience, '--scopes', scopes];
}
