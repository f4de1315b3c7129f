// The locals of the account views; part of view-types.ts.
import type { ClientView } from '#http/rendering/client-view.ts';
import type { RequestLine } from '#http/rendering/scope-descriptions.ts';
import type { MessageKey } from '#http/i18n/locales.ts';
import type {
  PasskeyUrl,
  ReauthenticationProblems,
  ReauthenticationView,
} from './federation-view-types.ts';
import type { QrCode } from '#http/rendering/qr-code.ts';
import type { ShownTime } from '#http/i18n/times.ts';

export type { PasskeyUrl } from './federation-view-types.ts';

interface ProfileFieldView {
  readonly name: string;
  readonly type: string;
  readonly autocomplete: string;
  readonly label: MessageKey;
  readonly value: string;
  readonly problem?: MessageKey | undefined;
  readonly suggestions?: readonly { readonly value: string; readonly words: string }[] | undefined;
}

export interface AccountViewLocals {
  readonly account: {
    readonly user: {
      readonly name?: string | undefined;
      readonly email: string;
      readonly emailVerified: boolean;
    };
    readonly formToken?: string | undefined;
    readonly verifyAction?: string | undefined;
    readonly emailHref?: string | undefined;
    readonly signOutAction?: string | undefined;
    readonly signOutHref?: string | undefined;
    readonly profileHref: string;
    readonly passwordHref: string;
    readonly passkeysHref: string;
    /** Set if there is an external identity to manage or to link. */
    readonly linkedHref?: string | undefined;
    readonly codesHref: string;
    readonly sessionsHref: string;
    readonly appsHref: string;
    readonly activityHref: string;
    /** The namespaces of custom attributes that the user can see. */
    readonly details: readonly { readonly href: string; readonly title: string }[];
    readonly exportHref: string;
    readonly deleteHref: string;
    /** When the pending deletion of the account is due. */
    readonly deletionDue?: ShownTime | undefined;
    readonly keepAction: string;
    readonly playgroundHref?: string | undefined;
  };
  readonly 'account-confirm': {
    readonly email: string;
    readonly formToken: string;
    readonly reauthentication: ReauthenticationView;
    readonly problems: ReauthenticationProblems;
    /** Why the user came back from an identity provider. */
    readonly trouble?: MessageKey | undefined;
    readonly backHref: string;
  };
  readonly 'account-password': {
    readonly action: string;
    readonly formToken: string;
    readonly email: string;
    readonly reauthentication: ReauthenticationView;
    readonly problems: ReauthenticationProblems & {
      readonly current?: MessageKey | undefined;
      readonly remove?: MessageKey | undefined;
    };
    readonly minimumPasswordLength: number;
    /** False if the user signs in with passkeys alone. */
    readonly hasPassword: boolean;
    /** Action that removes the password; set if enough passkeys remain. */
    readonly removeAction?: string | undefined;
    readonly recoverHref: string;
    readonly accountHref: string;
  };
  readonly 'account-profile': {
    readonly action: string;
    readonly formToken: string;
    readonly fields: {
      readonly person: readonly ProfileFieldView[];
      readonly address: readonly ProfileFieldView[];
    };
    readonly hasProblems: boolean;
    readonly accountHref: string;
  };
  readonly 'account-delete': {
    readonly action: string;
    readonly formToken: string;
    readonly email: string;
    readonly days: number;
    readonly reauthentication: ReauthenticationView;
    readonly problems: ReauthenticationProblems;
    readonly accountHref: string;
  };
  readonly 'account-delete-done': { readonly days: number; readonly homeHref: string };
  readonly 'account-passkeys': {
    readonly passkeys: readonly {
      readonly id: string;
      readonly name: string;
      readonly isSynced: boolean;
      readonly since: ShownTime;
      readonly lastUsed?: ShownTime | undefined;
    }[];
    /** The accepted credentials, which the browser reports to its authenticators. */
    readonly accepted?:
      | {
          readonly rpId: string;
          readonly userHandle: string;
          readonly name: string;
          readonly displayName: string;
          /** The credential ids, separated by spaces. */
          readonly credentials: string;
        }
      | undefined;
    readonly email: string;
    readonly formToken: string;
    /** `undefined` after a recent reauthentication. */
    readonly reauthentication?: ReauthenticationView | undefined;
    /** Why the user came back from an identity provider. */
    readonly trouble?: MessageKey | undefined;
    readonly problems: ReauthenticationProblems;
    readonly add?: PasskeyUrl | undefined;
    readonly removeAction?: string | undefined;
    readonly renameAction?: string | undefined;
    readonly accountHref: string;
  };
  readonly 'account-codes': {
    readonly factor?:
      | {
          readonly since: ShownTime;
          readonly lastUsed?: ShownTime | undefined;
          readonly recoveryCodesLeft: number;
        }
      | undefined;
    readonly formToken: string;
    readonly email: string;
    readonly reauthentication: ReauthenticationView;
    readonly beginAction: string;
    readonly action: string;
    readonly problems: ReauthenticationProblems;
    readonly accountHref: string;
  };
  readonly 'account-codes-new': {
    readonly action: string;
    readonly formToken: string;
    readonly picture: QrCode;
    readonly address: string;
    readonly secret: string;
    readonly email: string;
    /** Needed if the setup took longer than a reauthentication is valid. */
    readonly reauthentication: ReauthenticationView;
    readonly problems: ReauthenticationProblems;
    readonly backHref: string;
  };
  readonly 'account-codes-paper': {
    readonly codes: readonly string[];
    readonly codesHref: string;
  };
  readonly 'account-sessions': {
    readonly sessions: readonly {
      readonly device?: string | undefined;
      readonly place?: string | undefined;
      readonly address?: string | undefined;
      readonly apps: readonly string[];
      readonly firstUsed: ShownTime;
      readonly lastUsed: ShownTime;
      readonly isCurrent: boolean;
      readonly endAction: string;
    }[];
    readonly formToken: string;
    readonly endOthersAction?: string | undefined;
    readonly accountHref: string;
  };
  readonly 'account-apps': {
    readonly apps: readonly {
      readonly client: ClientView;
      readonly requests: readonly RequestLine[];
      readonly since: ShownTime;
      readonly lastUsed: ShownTime;
      readonly revokeAction: string;
    }[];
    readonly formToken: string;
    readonly accountHref: string;
  };
  readonly 'account-activity': {
    readonly entries: readonly {
      readonly what: string;
      readonly device?: string | undefined;
      readonly place?: string | undefined;
      readonly address?: string | undefined;
      readonly at: ShownTime;
    }[];
    readonly accountHref: string;
  };
}
