// What administrators do to signing keys: rotate as planned, replace all at once, retire one.
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
        lead: `New keys are published now and sign in ${minutes} minutes. The present ones stay published until the last token that they signed has expired. Nothing stops working.`,
        back,
        blocks: [{ kind: 'form', fields: [], submit: 'Rotate the keys', cancelHref: keysPath }],
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
        title: 'Replace every signing key now?',
        lead: 'Use this if a key has leaked. This cannot be undone.',
        back,
        blocks: [
          {
            kind: 'note',
            id: 'effect',
            tone: 'warning',
            text: 'Signatures from the old keys stop working.',
            items: [
              'JWT access tokens are refused here at once, and by other servers when they have loaded the new keys.',
              'Clients that cache keys may refuse new tokens for some minutes.',
              'Users stay signed in, and refresh tokens stay valid.',
            ],
          },
          {
            kind: 'form',
            fields: [],
            submit: 'Replace every key',
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
            : 'What it signed is no longer accepted: JWT access tokens end now. This cannot be undone.',
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
