// Whatever the management API can do, a command can do, and the other way round. A new route or
// command is listed here with its counterpart, or with the reason for having none.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { processCommands } from '#cli/process-commands.ts';
import { dataCommands } from '#cli/registry.ts';
import { describeApiRoutes } from '#server/routes/api-routes.ts';

/** Commands by route; several commands may use one route. */
const commandsOf: Readonly<Record<string, readonly string[]>> = {
  'GET /users': ['user list'],
  'POST /users': ['user create'],
  'GET /users/{userId}': ['user show'],
  'PATCH /users/{userId}': ['user update'],
  'DELETE /users/{userId}': ['user delete'],
  'POST /users/{userId}/block': ['user block'],
  'POST /users/{userId}/unblock': ['user unblock'],
  'POST /users/{userId}/revoke-tokens': ['user sign-out'],
  'GET /users/{userId}/credentials': ['user credentials'],
  'DELETE /users/{userId}/credentials/password': ['user remove-password'],
  'DELETE /users/{userId}/credentials/second-factor': ['user remove-second-factor'],
  'DELETE /users/{userId}/credentials/passkeys/{passkeyId}': ['user remove-passkey'],
  'POST /users/{userId}/send-recovery-mail': ['user send-recovery-mail'],
  'GET /users/{userId}/sessions': ['user sessions'],
  'DELETE /users/{userId}/sessions': ['user sign-out'],
  'GET /sessions': ['session list'],
  'DELETE /sessions/{sessionUid}': ['session end'],
  'GET /impersonations': ['impersonation list'],
  'DELETE /impersonations/{impersonationId}': ['impersonation end'],
  'POST /sign-everyone-out': ['session revoke-all'],
  'GET /users/{userId}/grants': ['grant list'],
  'DELETE /grants/{grantId}': ['grant revoke'],
  'GET /refresh-families': ['session show'],
  'GET /refresh-families/{familyId}': ['session show'],
  'GET /clients': ['client list'],
  'POST /clients': ['client create'],
  'GET /clients/{clientId}': ['client show'],
  'PATCH /clients/{clientId}': ['client update'],
  'PUT /clients/{clientId}': ['client update'],
  'POST /clients/{clientId}/rotate-secret': ['client rotate-secret'],
  'DELETE /clients/{clientId}': ['client delete'],
  'POST /clients/{clientId}/block': ['client block'],
  'POST /clients/{clientId}/unblock': ['client unblock'],
  'DELETE /clients/{clientId}/grants': ['client revoke-grants'],
  'GET /resources': ['resource list'],
  'POST /resources': ['resource create'],
  'GET /resources/{resourceId}': ['resource show'],
  'PATCH /resources/{resourceId}': ['resource update'],
  'DELETE /resources/{resourceId}': ['resource delete'],
  'GET /approvals': ['approvals list'],
  'GET /approvals/{approvalId}': ['approvals list'],
  'POST /approvals/{approvalId}/approve': ['approvals approve'],
  'POST /approvals/{approvalId}/reject': ['approvals reject'],
  'GET /keys': ['key list'],
  'GET /keys/status': ['key status'],
  'POST /keys/rotate': ['key rotate'],
  'POST /keys/{kid}/retire': ['key retire'],
  'GET /settings': ['config check'],
  'GET /statistics': ['statistics'],
  'GET /outbox': ['outbox list'],
  'POST /outbox/{jobId}/retry': ['outbox retry'],
  'GET /audit': ['audit search'],
  'GET /audit/export': ['audit export'],
  'GET /users/{userId}/identities': ['user identities'],
  'DELETE /users/{userId}/identities/{identityId}': ['user remove-identity'],
  'GET /supplements': ['supplement list'],
  'GET /users/{userId}/supplements': ['supplement show'],
  'GET /users/{userId}/supplements/{namespace}': ['supplement show'],
  'PUT /users/{userId}/supplements/{namespace}': ['supplement set'],
  'DELETE /users/{userId}/supplements/{namespace}': ['supplement remove'],
  'POST /users/import': ['user import'],
  'GET /roles': ['role list'],
  'POST /roles': ['role create'],
  'GET /roles/{roleId}': ['role show'],
  'PUT /roles/{roleId}': ['role update'],
  'DELETE /roles/{roleId}': ['role delete'],
  'POST /roles/{roleId}/permissions': ['role add-permission'],
  'DELETE /roles/{roleId}/permissions': ['role remove-permission'],
  'GET /users/{userId}/roles': ['user show'],
  'POST /users/{userId}/roles': ['user add-role', 'user set-admin'],
  'DELETE /users/{userId}/roles/{roleId}': ['user remove-role'],
  'GET /groups': ['group list'],
  'POST /groups': ['group create'],
  'GET /groups/{groupId}': ['group show'],
  'PUT /groups/{groupId}': ['group update'],
  'DELETE /groups/{groupId}': ['group delete'],
  'GET /groups/{groupId}/members': ['group show'],
  'POST /groups/{groupId}/members': ['group add-member'],
  'DELETE /groups/{groupId}/members/{userId}': ['group remove-member'],
  'POST /groups/{groupId}/roles': ['group add-role'],
  'DELETE /groups/{groupId}/roles/{roleId}': ['group remove-role'],
  'GET /organizations': ['organization list'],
  'POST /organizations': ['organization create'],
  'GET /organizations/{organizationId}': ['organization show'],
  'PUT /organizations/{organizationId}': ['organization update'],
  'DELETE /organizations/{organizationId}': ['organization delete'],
  'GET /organizations/{organizationId}/members': ['organization show'],
  'POST /organizations/{organizationId}/members': ['organization add-member'],
  'DELETE /organizations/{organizationId}/members/{userId}': ['organization remove-member'],
  'POST /organizations/{organizationId}/members/{userId}/roles': ['organization add-role'],
  'DELETE /organizations/{organizationId}/members/{userId}/roles/{roleId}': [
    'organization remove-role',
  ],
  'GET /clients/{clientId}/access': ['client access'],
  'PUT /clients/{clientId}/access': ['client access'],
  'GET /webhooks': ['webhook list'],
  'POST /webhooks': ['webhook create'],
  'GET /webhooks/{webhookId}': ['webhook show'],
  'PATCH /webhooks/{webhookId}': ['webhook update'],
  'DELETE /webhooks/{webhookId}': ['webhook delete'],
  'POST /webhooks/{webhookId}/rotate-secret': ['webhook rotate-secret'],
  'POST /webhooks/{webhookId}/test': ['webhook test'],
  'POST /webhooks/{webhookId}/replay': ['webhook replay'],
  'GET /webhooks/{webhookId}/attempts': ['webhook show'],
  'GET /version': ['version'],
  'GET /branding': ['branding show'],
  'PUT /branding': ['branding set'],
  'DELETE /branding': ['branding reset'],
  'GET /logging': ['log show'],
  'PUT /logging': ['log level'],
  'DELETE /logging': ['log reset'],
  'GET /identity-providers': ['provider list'],
  'POST /identity-providers': ['provider create'],
  'GET /identity-providers/{providerId}': ['provider show'],
  'PATCH /identity-providers/{providerId}': ['provider update'],
  'DELETE /identity-providers/{providerId}': ['provider delete'],
  'POST /identity-providers/{providerId}/test': ['provider test'],
};

const routesWithoutCommand: Readonly<Record<string, string>> = {
  'POST /access/evaluation': 'for resource servers',
  'POST /access/evaluations': 'for resource servers',
};

const commandsWithoutRoute: Readonly<Record<string, string>> = {
  serve: 'runs the server',
  migrate: 'runs before the server',
  doctor: 'examines the machine',
  'mail test': 'examines the machine',
  openapi: 'GET /auth/openapi.json',
  completion: 'for the shell',
  'config accept': 'a decision about the machine',
  'setup-link': 'creates the first administrator, before anyone could call the API',
  'user import-part': 'a part of "user import"',
  'user invite': 'sends an invitation; a program creates the user',
  'user set-password': 'a program must not know a password; it sends the recovery mail',
  apply: 'writes many objects in one transaction; a program uses the routes of each object',
  'apply-document': 'a part of "apply"',
  backup: 'copies files of the machine',
  'backup-part': 'a part of "backup"',
  restore: 'runs while no server does',
  'database restored': 'runs before the server, after a restoration',
  'database environment': 'a decision about the machine',
  'ciba approve': 'for tests of clients, refused in production',
  'ciba deny': 'for tests of clients, refused in production',
  export: 'the lists of the API contain the same objects',
  'audit verify': 'must not rely on the server that it examines',
};

describe('the management API and the command line', () => {
  it('offer the same, except for what is listed with a reason', () => {
    const routes = describeApiRoutes().map(({ method, path }) => `${method} ${path}`);
    const listed = [...Object.keys(commandsOf), ...Object.keys(routesWithoutCommand)];

    assert.deepEqual(routes.toSorted(), listed.toSorted());
  });

  it('have a counterpart for each command, except for what is listed with a reason', () => {
    const commands = [...dataCommands, ...processCommands].map(({ name }) => name);
    const listed = [...Object.values(commandsOf).flat(), ...Object.keys(commandsWithoutRoute)];

    assert.deepEqual([...new Set(commands)].toSorted(), [...new Set(listed)].toSorted());
  });
});
