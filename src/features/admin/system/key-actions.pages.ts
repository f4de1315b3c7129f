// Actions on signing keys: rotate as planned, replace all at once, retire one.
import type { KeyRotation } from '#core/keys/rotation/key-rotation.service.ts';
import type { SigningKeyState } from '#core/keys/signing-keys.ts';
import type { SigningKeys } from '#core/keys/signing-keys.service.ts';
import { addEntityActions } from '#features/admin/panel/entity-actions.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { AppError } from '#platform/errors.ts';

export const keysPath = `${panelPath}/keys`;

export interface KeyActionDependencies {
  readonly signingKeys: SigningKeys;
  readonly keyRotation: KeyRotation;
}

const back = { label: 'Keys', href: keysPath };

export function addKeyActions(panel: Panel, dependencies: KeyActionDependencies): void {
  const { keyRotation } = dependencies;
  panel.action({
    path: `${keysPath}/rotate`,
    scope: 'keys:write',
    protection: 'reason',
    async show() {
      const minutes = Math.round(keyRotation.policy.leadMilliseconds / 60_000);
      return {
        title: 'Rotate the signing keys?',
        lead: `New keys are published now and start signing in ${minutes} minutes. Current keys stay published until the last token they signed expires. Nothing breaks.`,
        back,
        blocks: [{ kind: 'form', fields: [], submit: 'Rotate keys', cancelHref: keysPath }],
      };
    },
    async act(_ctx, visit) {
      await keyRotation.begin(visit.actor);
      return { to: withNotice(keysPath, 'rotated') };
    },
  });
  panel.action({
    path: `${keysPath}/replace`,
    scope: 'keys:write',
    protection: 'reason',
    async show() {
      return {
        title: 'Replace all keys?',
        lead: 'Use this if a key has leaked. This can’t be undone.',
        back,
        blocks: [
          {
            kind: 'note',
            id: 'effect',
            tone: 'warning',
            text: 'Signatures from the old keys stop working.',
            items: [
              'This server rejects existing JWT access tokens immediately; APIs do once they’ve loaded the new keys.',
              'Clients that cache keys may reject new tokens for a few minutes.',
              'Users stay signed in, and refresh tokens stay valid.',
            ],
          },
          {
            kind: 'form',
            fields: [],
            submit: 'Replace all keys',
            isDangerous: true,
            cancelHref: keysPath,
          },
        ],
      };
    },
    async act(_ctx, visit) {
      await keyRotation.replaceAll(visit.actor);
      return { to: withNotice(keysPath, 'keys-replaced') };
    },
  });
  addRetire(panel, dependencies);
}

function addRetire(panel: Panel, { signingKeys, keyRotation }: KeyActionDependencies): void {
  addEntityActions<SigningKeyState>(
    panel,
    {
      path: `${keysPath}/:kid`,
      scope: 'keys:write',
      async find(ctx) {
        const key = (await signingKeys.list()).find(({ kid }) => kid === ctx.params['kid']);
        if (key) return key;
        throw new AppError('not_found', 'There is no signing key with this id.');
      },
      linkOf: () => back,
    },
    [
      {
        name: 'retire',
        title: ({ alg }) => `Retire this ${alg} key?`,
        lead: ({ status }) =>
          status === 'next'
            ? 'It is published, but has not signed yet. It never will.'
            : 'What it signed is no longer accepted: JWT access tokens end now. This can’t be undone.',
        submit: 'Retire the key',
        isDangerous: true,
        async act({ kid }, { visit }) {
          await keyRotation.retire(kid, visit.actor);
          return { to: withNotice(keysPath, 'key-retired') };
        },
      },
    ],
  );
}
