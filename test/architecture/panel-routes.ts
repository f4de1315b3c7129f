// The routes of the panel, which the list of all routes includes. Each is authorized by the access
// token of the administrator; the callback is part of the sign-in and checks the token it obtained.

const pages = [
  'GET /auth/admin',
  'GET /auth/admin/audit',
  'GET /auth/admin/audit/verify',
  'POST /auth/admin/audit/verify',
  'GET /auth/admin/clients',
  'GET /auth/admin/clients/:clientId',
  'GET /auth/admin/clients/new',
  'GET /auth/admin/families/:familyId',
  'GET /auth/admin/keys',
  'GET /auth/admin/approvals',
  'GET /auth/admin/outbox',
  'GET /auth/admin/resources',
  'GET /auth/admin/sessions',
  'GET /auth/admin/sessions/:uid',
  'GET /auth/admin/settings',
  'GET /auth/admin/start',
  'GET /auth/admin/users',
  'GET /auth/admin/users/:userId',
];

/** Each has a page with its form, and a POST at the same address. */
const actions = [
  '/auth/admin/clients/:clientId/block',
  '/auth/admin/clients/:clientId/delete',
  '/auth/admin/clients/:clientId/edit',
  '/auth/admin/clients/:clientId/secret',
  '/auth/admin/clients/:clientId/unblock',
  '/auth/admin/clients/new/:kind',
  '/auth/admin/approvals/:approvalId/approve',
  '/auth/admin/approvals/:approvalId/reject',
  '/auth/admin/outbox/retry/:id',
  '/auth/admin/resources/delete',
  '/auth/admin/resources/edit',
  '/auth/admin/resources/new',
  '/auth/admin/sessions/:uid/end',
  '/auth/admin/sessions/everyone',
  '/auth/admin/users/:userId/block',
  '/auth/admin/users/:userId/delete',
  '/auth/admin/users/:userId/edit',
  '/auth/admin/users/:userId/identities/:identityId',
  '/auth/admin/users/:userId/passkeys/:passkeyId',
  '/auth/admin/users/:userId/recovery',
  '/auth/admin/users/:userId/roles',
  '/auth/admin/users/:userId/second-factor',
  '/auth/admin/users/:userId/sign-out',
  '/auth/admin/users/:userId/unblock',
  '/auth/admin/users/invite',
  '/auth/admin/users/new',
];

export const panelRoutes: readonly string[] = [
  ...pages,
  ...actions.flatMap((path) => [`GET ${path}`, `POST ${path}`]),
];
