// An installation in use, for screenshots of the panel: users, apps, sessions, a reused refresh token.
import type { TestApp } from '#test/support/app.ts';
import { seedAuthorization } from '#test/support/steps/panel-authorization.ts';

const people = [
  ['Ada Lovelace', 'ada'],
  ['Alan Turing', 'alan'],
  ['Barbara Liskov', 'barbara'],
  ['Claude Shannon', 'claude'],
  ['Edsger Dijkstra', 'edsger'],
  ['Katherine Johnson', 'katherine'],
  ['Radia Perlman', 'radia'],
] as const;
const devices = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
];

/** The page of each screenshot by name, and its path below the panel. */
export async function seedPictures(app: TestApp) {
  const { services } = app;
  const facts = (name: string, local: string) => ({
    email: `${local}@example.org`,
    emailVerified: true,
    claims: { name },
  });
  const admin = await app.createUser(facts('Grace Hopper', 'grace'));
  await services.roles.grant(admin.id, 'admin', services.now());
  const notes = await app.relyingParty({ client_name: 'Acme Notes' });
  const shop = await app.relyingParty({ client_name: 'Acme Shop', first_party: true });
  const workload = await app.createClient({
    client_name: 'Deployment of acme/app',
    grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
    response_types: [],
    redirect_uris: [],
    federated_credentials: [
      {
        issuer: 'https://token.actions.githubusercontent.com',
        claims: { repository: 'acme/app', ref: 'refs/heads/main' },
      },
    ],
  });
  const offline = { scope: 'openid offline_access', prompt: 'consent' };
  const users = [];
  for (const [name, local] of people) {
    const user = await app.createUser(facts(name, local));
    users.push(user);
    await (users.length % 2 === 0 ? shop : notes).login(user);
  }
  const [ada, , , claude] = users;
  if (!ada || !claude) throw new TypeError('there are users');
  const login = await notes.login(ada, offline);
  const second = await notes.tryRefresh(login.refreshToken);
  await notes.tryRefresh(String(second.body['refresh_token']));
  await notes.tryRefresh(login.refreshToken);
  await notes.login(ada, offline);
  const by = { kind: 'operator' } as const;
  await services.blocking.blockUser({ userId: claude.id, reason: 'Laptop stolen', by });
  const { knex } = services.db;
  const sessions: { uid: string }[] = await knex('sessions').select('uid').orderBy('uid');
  for (const [index, { uid }] of sessions.entries()) {
    const began = new Date(services.now().getTime() - (index + 1) * 4_700_000);
    const device = devices[index % devices.length];
    await knex('sessions')
      .where({ uid })
      .update({ device, created_at: began, signed_in_at: began });
  }
  const assigned = await seedAuthorization(app, ada.id, 'west');
  const pathOf = (start: string) => assigned.paths.find((path) => path.startsWith(start)) ?? '';
  await services.auditChain.seal();
  await services.recordedVerification.verify(by);
  const page = { after: undefined, limit: 5 };
  const [session] = (await services.sessionList.list(ada.id, page)).items;
  const families = (await services.familyTimelines.list(ada.id, page)).items;
  const family = families.find(({ state }) => state === 'reused');
  await spreadRotations(app, family?.id ?? '');
  const issuerPath =
    assigned.paths.find((path) => /^\/statement-issuers\/\w{20,}$/.test(path)) ?? '';
  const pages: readonly (readonly [name: string, path: string])[] = [
    ['overview', ''],
    ['first-steps', '/start'],
    ['users', '/users'],
    ['user', `/users/${ada.id}`],
    ['user-new', '/users/new'],
    ['user-block', `/users/${ada.id}/block`],
    ['user-delete', `/users/${ada.id}/delete`],
    ['sessions', '/sessions'],
    ['session', `/sessions/${session?.uid ?? ''}`],
    ['refresh-token-family', `/families/${family?.id ?? ''}`],
    ['groups', '/groups'],
    ['group', pathOf('/groups/')],
    ['organizations', '/organizations'],
    ['organization', pathOf('/organizations/')],
    ['roles', '/roles'],
    ['role', pathOf('/roles/')],
    ['role-rights', assigned.paths.find((path) => path.includes('/rights')) ?? ''],
    ['clients', '/clients'],
    ['client', `/clients/${notes.app.clientId}`],
    ['client-edit', `/clients/${notes.app.clientId}/edit`],
    ['client-kinds', '/clients/new'],
    ['client-new', '/clients/new/web'],
    ['workload-new', '/clients/new/workload'],
    ['workload', `/clients/${workload.clientId}`],
    ['registration-tokens', '/registration-tokens'],
    ['statement-issuers', '/statement-issuers'],
    ['statement-issuer', issuerPath],
    ['statement-issuer-new', '/statement-issuers/new'],
    ['resources', '/resources'],
    ['resource-new', '/resources/new'],
    ['webhooks', '/webhooks'],
    ['webhook', assigned.paths.find((path) => /^\/webhooks\/[0-9a-f-]{36}$/.test(path)) ?? ''],
    ['webhook-new', '/webhooks/new'],
    ['providers', '/providers'],
    ['provider-kinds', '/providers/new'],
    ['audit', '/audit'],
    ['audit-verify', '/audit/verify'],
    ['approvals', '/approvals'],
    ['outbox', '/outbox'],
    ['keys', '/keys'],
    ['keys-replace', '/keys/replace'],
    ['branding', '/branding'],
    ['branding-logo', '/branding/images/logo'],
    ['settings', '/settings'],
  ];
  return { admin, pages };
}

/** Moves the beginning of a family into the past, so that its picture shows a day. */
async function spreadRotations({ services }: TestApp, id: string): Promise<void> {
  const now = services.now().getTime();
  const hoursAgo = (hours: number) => new Date(now - hours * 3_600_000);
  const { knex } = services.db;
  const [row] = await knex('refresh_families').where({ id }).select('rotations');
  const rotations = (row?.rotations ?? []).map((rotation: object, index: number) => ({
    ...rotation,
    at: hoursAgo(3 + index * 9).toISOString(),
    device: devices[1],
  }));
  await knex('refresh_families')
    .where({ id })
    .update({ created_at: hoursAgo(26), rotations: JSON.stringify(rotations) });
}
