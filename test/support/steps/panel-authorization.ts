// Roles, groups, organizations and webhooks for the pages of the panel.
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import { statementIssuerId } from '#features/client-registration/statements/statement-issuers.ts';
import type { TestApp } from '#test/support/app.ts';

/** Names end with `name`; one user is assigned everything. */
export async function seedAuthorization(app: TestApp, userId: string, name: string) {
  const { roleService, groupService, organizationService, webhookService } = app.services;
  const audience = managementAudience(app.issuer);
  const query = new URLSearchParams({ audience }).toString();
  const role = `support-${name}`;
  const description = 'Help desk: sees users and ends their sessions';
  await roleService.create({ name: role, description }, commandLine);
  const scopes = ['users:read', 'sessions:read', 'sessions:write'];
  await roleService.addPermission(role, { audience, scopes }, commandLine);
  const group = await groupService.create({ name: `Support ${name}` }, commandLine);
  await groupService.addRole(group.id, role, commandLine);
  await groupService.addMember(group.id, userId, commandLine);
  const names = { name: `acme-${name}`, displayName: `ACME ${name}` };
  const { id: organization } = await organizationService.create(names, commandLine);
  await organizationService.addMember({ organization, userId }, commandLine);
  await organizationService.addRole({ organization, userId, role }, commandLine);
  const webhook = await webhookService.create(
    {
      // A port on which nothing listens.
      url: 'http://127.0.0.1:9/hook',
      description: 'The CRM',
      events: ['user.registered', 'user.blocked'],
      personalData: false,
    },
    commandLine.actor,
  );
  await app.services.webhookDelivery.test(webhook.id, commandLine.actor);
  const token = await app.services.initialAccessTokens.create(
    { description: 'Partner portal', maxUses: 5, lifetimeSeconds: 86_400 },
    commandLine.actor,
  );
  const issuer = `https://statements.${name}.example`;
  const jwksUri = `${issuer}/jwks`;
  const trusted = { issuer, jwksUri, description: 'The association of wiki makers' };
  await app.services.statementIssuers.trust(trusted, commandLine.actor);
  const issuerId = statementIssuerId(issuer);
  const issuerPath = `/statement-issuers/${issuerId}`;
  return {
    role,
    issuerId,
    paths: [
      '/roles',
      `/roles/${role}`,
      `/roles/${role}/rights?${query}`,
      `/roles/${role}/delete`,
      '/groups',
      `/groups/${group.id}`,
      `/groups/${group.id}/roles`,
      `/groups/${group.id}/members/${userId}`,
      '/organizations',
      `/organizations/${organization}`,
      `/organizations/${organization}/members/${userId}/roles`,
      `/users/${userId}`,
      `/users/${userId}/organizations`,
      '/registration-tokens',
      '/registration-tokens/new',
      `/registration-tokens/${token.id}/revoke`,
      '/statement-issuers',
      '/statement-issuers/new',
      issuerPath,
      `${issuerPath}/delete`,
      '/webhooks',
      '/webhooks/new',
      `/webhooks/${webhook.id}`,
      `/webhooks/${webhook.id}/test`,
      `/webhooks/${webhook.id}/replay`,
    ],
  };
}
