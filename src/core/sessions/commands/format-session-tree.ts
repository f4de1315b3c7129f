// Prints the tree of a session: its grants, their refresh token families and tokens, and the
// generation at which a family was reused.
import { printable } from '#cli/framework/columns.ts';
import type {
  FamilyFork,
  FamilyMember,
  FamilyTimeline,
} from '#core/tokens/refresh-family-view.service.ts';
import type { TreeGrant, TreeRoot } from '#core/sessions/session-tree.service.ts';
import { describeTime } from './format-session.ts';

interface Branch {
  readonly text: string;
  readonly branches: readonly Branch[];
}

export function drawTree(root: TreeRoot, grants: readonly TreeGrant[]): string {
  const branches = grants.map(grantBranch);
  const none = {
    text: 'no grants: no client was authorized, or the grants were deleted',
    branches: [],
  };
  return draw({ text: describeRoot(root), branches: branches.length > 0 ? branches : [none] });
}

/** Indents children by three columns, with a line to their parent. */
function draw({ text, branches }: Branch): string {
  const below = branches.map((branch, position) => {
    const isLast = position === branches.length - 1;
    const [first = '', ...rest] = draw(branch).trimEnd().split('\n');
    const tail = rest.map((line) => `${isLast ? '   ' : '│  '}${line}\n`);
    return `${isLast ? '└─ ' : '├─ '}${first}\n${tail.join('')}`;
  });
  return `${printable(text)}\n${below.join('')}`;
}

function describeRoot(root: TreeRoot): string {
  const { state, endedAt, endedBecause, expiresAt, signedInAt } = root;
  const end = endedAt
    ? `ended ${describeTime(endedAt)} (${endedBecause ?? 'reason unknown'})`
    : `${state === 'alive' ? 'valid until' : 'expired'} ${describeTime(expiresAt)}`;
  return list([
    `session ${root.uid} of ${root.email ?? root.userId ?? 'no user'}`,
    signedInAt && `signed in ${describeTime(signedInAt)}`,
    root.deviceName,
    root.address,
    end,
  ]);
}

function grantBranch(grant: TreeGrant): Branch {
  const { clientId, clientName, scope, state, revokedAt } = grant;
  const text = list([
    `${clientName ?? 'app'} (${clientId}): grant ${grant.id}`,
    `created ${describeTime(grant.createdAt)}`,
    scope && `scope ${scope}`,
    revokedAt ? `revoked ${describeTime(revokedAt)}` : state,
  ]);
  const none = { text: 'no refresh tokens', branches: [] };
  const families = grant.families.map(familyBranch);
  return { text, branches: families.length > 0 ? families : [none] };
}

function familyBranch(family: FamilyTimeline): Branch {
  const { members, fork } = family;
  const text = `refresh family ${family.id}, ${describeFamilyState(family)}`;
  // An old audit event does not name the reused token; the reuse is then printed separately.
  const isListed = members.some(({ generation }) => generation === fork?.generation);
  const branches = members.flatMap((member, position) => [
    ...gapBefore(member, members[position - 1]),
    memberBranch(member, family),
  ]);
  return { text, branches: [...branches, ...(fork && !isListed ? [forkBranch(fork)] : [])] };
}

function memberBranch(
  { generation, at, address, deviceName }: FamilyMember,
  family: FamilyTimeline,
) {
  const { fork, state } = family;
  const isNewest = generation === family.generation;
  const text = list([
    `token ${generation}${generation === 0 ? ', the first' : ''}`,
    describeTime(at),
    deviceName,
    address,
    isNewest && state === 'alive' ? 'valid' : undefined,
  ]);
  return { text, branches: fork?.generation === generation ? [forkBranch(fork)] : [] };
}

function forkBranch({ at, address, deviceName, generation }: FamilyFork): Branch {
  const which = generation === undefined ? 'a superseded token' : `superseded token ${generation}`;
  const text = list([
    `REUSE: ${which} was used again`,
    describeTime(at),
    deviceName ?? 'unknown device',
    address ?? 'unknown address',
  ]);
  return { text, branches: [] };
}

/** Generations that are no longer stored. */
function gapBefore(member: FamilyMember, before: FamilyMember | undefined): readonly Branch[] {
  const first = (before?.generation ?? -1) + 1;
  const last = member.generation - 1;
  if (last < first) return [];
  const text = first === last ? `token ${first}` : `tokens ${first} to ${last}`;
  return [{ text: `... ${text}: no longer stored`, branches: [] }];
}

function describeFamilyState({ state, endedAt, expiresAt, generation }: FamilyTimeline): string {
  const rotations = `${generation} ${generation === 1 ? 'rotation' : 'rotations'}`;
  if (state === 'alive') return `${rotations}, valid until ${describeTime(expiresAt)}`;
  if (state === 'expired') return `${rotations}, expired ${describeTime(expiresAt)}`;
  const why = state === 'reused' ? 'because a superseded token was used again' : 'revoked';
  return `${rotations}, ended ${describeTime(endedAt ?? expiresAt)}, ${why}`;
}

/** Device names may contain commas. */
function list(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
