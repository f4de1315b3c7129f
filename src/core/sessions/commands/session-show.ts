// session show: shows one live or ended session; --tree adds its grants and refresh tokens.
import { AppError } from '#platform/errors.ts';
import type { Command } from '#cli/framework/command.ts';
import type { SessionTree } from '#core/sessions/session-tree.service.ts';
import { describeValues } from '#cli/framework/columns.ts';
import { presentTimeline } from '#core/tokens/refresh-family-view.service.ts';
import type { TreeGrant, TreeRoot } from '#core/sessions/session-tree.service.ts';
import { drawTree } from './format-session-tree.ts';

interface Needs {
  readonly sessionTree: SessionTree;
}

export const sessionShow: Command<Needs> = {
  name: 'session show',
  summary: 'Show an active or ended session.',
  operand: 'UID',
  options: {
    tree: { meaning: 'Include its grants and their refresh token families' },
  },
  async run({ sessionTree }, args) {
    const root = await sessionTree.root(args.operand);
    if (!root) throw new AppError('not_found', 'Session not found.');
    const session = presentRoot(root);
    if (!args.has('tree')) return { document: session, text: describeValues(session) };
    const grants = await sessionTree.grants(root.uid);
    const document = { ...session, grants: grants.map(presentGrant) };
    return { document, text: drawTree(root, grants) };
  },
};

function presentRoot(root: TreeRoot) {
  return {
    uid: root.uid,
    state: root.state,
    user_id: root.userId ?? null,
    email: root.email ?? null,
    device: root.deviceName ?? null,
    address: root.address ?? null,
    amr: [...root.amr],
    signed_in_at: root.signedInAt?.toISOString() ?? null,
    first_used_at: root.createdAt.toISOString(),
    last_used_at: root.lastUsedAt.toISOString(),
    expires_at: root.expiresAt.toISOString(),
    ended_at: root.endedAt?.toISOString() ?? null,
    ended_because: root.endedBecause ?? null,
  };
}

function presentGrant(grant: TreeGrant) {
  return {
    id: grant.id,
    state: grant.state,
    client_id: grant.clientId,
    client_name: grant.clientName ?? null,
    scope: grant.scope ?? null,
    created_at: grant.createdAt.toISOString(),
    expires_at: grant.expiresAt.toISOString(),
    revoked_at: grant.revokedAt?.toISOString() ?? null,
    families: grant.families.map(presentTimeline),
  };
}
