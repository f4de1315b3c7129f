// Tree of one session: the grants issued in it and the view of each of their refresh token families
// (core/tokens/refresh-family-view.service.ts).
import { describeDevice } from '#platform/request/device-names.ts';
import type { SessionGrant, SessionRoot, SessionTreeStore } from './session-tree.store.ts';
import type { FamilyTimeline, FamilyTimelines } from '#core/tokens/refresh-family-view.service.ts';

export interface TreeRoot extends Omit<SessionRoot, 'device'> {
  readonly deviceName: string | undefined;
  readonly state: 'alive' | 'expired' | 'ended';
}

export interface TreeGrant extends Omit<SessionGrant, 'familyIds'> {
  readonly state: 'alive' | 'expired' | 'revoked';
  readonly families: readonly FamilyTimeline[];
}

export interface SessionTreeDependencies {
  readonly store: SessionTreeStore;
  readonly familyTimelines: FamilyTimelines;
  readonly now: () => Date;
}

export function createSessionTree({ store, familyTimelines, now }: SessionTreeDependencies) {
  function liveState(expiresAt: Date): 'alive' | 'expired' {
    return expiresAt > now() ? 'alive' : 'expired';
  }

  async function showGrant({ familyIds, ...grant }: SessionGrant): Promise<TreeGrant> {
    const families: FamilyTimeline[] = [];
    for (const id of familyIds) {
      const picture = await familyTimelines.show(id);
      if (picture) families.push(picture);
    }
    return { ...grant, state: grant.revokedAt ? 'revoked' : liveState(grant.expiresAt), families };
  }

  return {
    /** Finds a live, expired or ended session while its row exists. */
    async root(uid: string): Promise<TreeRoot | undefined> {
      const found = await store.findRoot(uid);
      if (!found) return undefined;
      const { device, ...root } = found;
      return {
        ...root,
        deviceName: describeDevice(device ?? '') || undefined,
        state: root.endedAt ? 'ended' : liveState(root.expiresAt),
      };
    },
    /** Loads families one after the other, which is fast enough for diagnosis. */
    async grants(uid: string): Promise<readonly TreeGrant[]> {
      const grants: TreeGrant[] = [];
      for (const grant of await store.listGrants(uid)) grants.push(await showGrant(grant));
      return grants;
    },
  };
}

export type SessionTree = ReturnType<typeof createSessionTree>;
