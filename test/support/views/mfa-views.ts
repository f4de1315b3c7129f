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

const longAgo = { iso: '2026-01-04T12:00:00.000Z', words: '4 months ago' };

const picture = drawQrCode('otpauth://totp/Ostiary:ada%40example.org?secret=JBSWY3DPEHPK3PXP');

const tenCodes = [
  '7KQ2-M4XD-PZ6T-HW3N',
  'R5VB-9CJF-2LGA-YE8S',
  'D3TN-XU7Q-K6MW-4HBP',
  'G9ZC-F2RL-V5JY-A7ED',
  'N4SX-8WQK-T3BH-M6PU',
  'C7LJ-Y5GF-Z2VR-9DAE',
  'H6PM-3KTX-W8NS-Q4UB',
  'V2ED-J9YA-C5RZ-7GLF',
  'X8UB-N6HW-4MTK-P3SQ',
  'A5FG-R7CL-D9JV-2YZE',
];

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
    },
    short: {
      email: 'ada@example.org',
      reauthentication: shortReauthentication,
      formToken: 'token',
      beginAction: '/auth/account/codes/begin',
      action: '/auth/account/codes',
      problems: {},
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
      isRenewal: true,
      codesHref: '/auth/account/codes',
    },
    shown: { codes: tenCodes, isRenewal: false },
    short: { codes: [], isRenewal: false, codesHref: '/auth/account/codes' },
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
    },
    shown: {
      passkeys: [
        { id: 'aWQ', name: 'iCloud Keychain', isSynced: true, since: longAgo, lastUsed: time },
        { id: 'aWR4', name: 'Windows Hello', isSynced: false, since: longAgo },
      ],
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
    },
    hooks: ['id="passkey" type="button"', 'name="answer"', 'data-passkey='],
  }),
];
