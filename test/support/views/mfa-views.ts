// Locals of the passkey and MFA views: a full and a minimal set per view.
import { drawQrCode } from '#http/rendering/qr-code.ts';
import {
  provenReauthentication,
  fullReauthenticationProblems,
  shortReauthentication,
  typedReauthentication,
} from './reauthentication-views.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';
import {
  accountCodesView,
  accountCodesNewView,
  accountCodesPaperView,
} from '#features/mfa/authenticator-app.pages.ts';
import { accountPasskeysView } from '#features/passkeys/passkeys.pages.ts';

const time = { iso: '2026-05-04T12:00:00.000Z', words: '2 hours ago' };

const picture = drawQrCode('otpauth://totp/Ostiary:ada%40example.org?secret=JBSWY3DPEHPK3PXP');

export const factorFixtures: readonly ViewFixture[] = [
  aFixture(accountCodesView, {
    full: {
      email: 'ada@example.org',
      reauthentication: typedReauthentication,
      factor: { since: time, lastUsed: time, recoveryCodesLeft: 9 },
      act: undefined,
      formToken: 'token',
      beginAction: '/auth/account/codes/begin',
      action: '/auth/account/codes',
      problems: fullReauthenticationProblems,
      accountHref: '/auth/account',
    },
    short: {
      email: 'ada@example.org',
      reauthentication: shortReauthentication,
      formToken: 'token',
      beginAction: '/auth/account/codes/begin',
      action: '/auth/account/codes',
      problems: {},
      accountHref: '/auth/account',
    },
  }),
  aFixture(accountCodesNewView, {
    full: {
      action: '/auth/account/codes/confirm',
      formToken: 'token',
      picture,
      address: 'otpauth://totp/Ostiary:ada%40example.org?secret=ABCD',
      secret: 'ABCD EFGH IJKL MNOP QRST UVWX YZ23 4567',
      email: 'ada@example.org',
      reauthentication: provenReauthentication,
      problems: fullReauthenticationProblems,
      backHref: '/auth/account/codes',
    },
    short: {
      action: '/auth/account/codes/confirm',
      formToken: 'token',
      picture,
      address: 'otpauth://totp/Ostiary:ada%40example.org?secret=ABCD',
      secret: 'ABCD EFGH IJKL MNOP QRST UVWX YZ23 4567',
      email: 'ada@example.org',
      reauthentication: shortReauthentication,
      problems: {},
      backHref: '/auth/account/codes',
    },
    hooks: ['name="code"', 'id="verify"'],
  }),
  aFixture(accountCodesPaperView, {
    full: {
      codes: ['ABCD-EFGH-IJKL-MNOP', 'QRST-UVWX-YZ23-4567', 'BCDE-FGHI-JKLM-NOPQ'].flatMap((code) =>
        Array.from({ length: 3 }, () => code),
      ),
      codesHref: '/auth/account/codes',
    },
    short: { codes: [], codesHref: '/auth/account/codes' },
    hooks: ['id="recovery-codes"', 'id="continue"'],
  }),
  aFixture(accountPasskeysView, {
    full: {
      passkeys: [
        { id: 'aWQ', name: 'Safari, iPhone', isSynced: true, since: time, lastUsed: time },
        { id: 'aWR4', name: 'Chrome, Windows', isSynced: false, since: time },
      ],
      accepted: {
        rpId: 'id.example.org',
        userHandle: 'aGFuZGxl',
        name: 'ada@example.org',
        displayName: 'Ada Lovelace',
        credentials: 'aWQ aWR4',
      },
      email: 'ada@example.org',
      formToken: 'token',
      problems: fullReauthenticationProblems,
      trouble: 'with.problem.stale',
      add: {
        action: '/auth/account/passkeys',
        optionsAction: '/auth/account/passkeys/options',
      },
      removeAction: '/auth/account/passkeys/remove',
      renameAction: '/auth/account/passkeys/rename',
      accountHref: '/auth/account',
    },
    short: {
      passkeys: [],
      email: 'ada@example.org',
      formToken: 'token',
      problems: {},
      add: {
        action: '/auth/account/passkeys',
        optionsAction: '/auth/account/passkeys/options',
      },
      renameAction: '/auth/account/passkeys/rename',
      accountHref: '/auth/account',
    },
    hooks: ['id="passkey" type="button"', 'name="answer"', 'data-passkey='],
  }),
];
