// Locals of the views for custom attributes and data export; part of view-types.ts.
import type { DetailFieldView } from './field-views.pages.ts';
import type { ValueRow } from './value-rows.pages.ts';
import type {
  ReauthenticationProblems,
  ReauthenticationView,
} from '#http/rendering/views/federation-view-types.ts';
import type { ShownTime } from '#http/i18n/times.ts';

export interface PersonalDataViewLocals {
  readonly 'account-details': {
    /** The title of the namespace, as declared by the operator. */
    readonly heading: string;
    readonly mayWrite: boolean;
    readonly action: string;
    readonly formToken: string;
    /** The version of the value for which the form was shown. */
    readonly version: string;
    readonly fields: readonly DetailFieldView[];
    /** The stored value, read-only. */
    readonly rows: readonly ValueRow[];
    readonly isStale: boolean;
    readonly isTooLarge: boolean;
    readonly hasProblems: boolean;
    readonly accountHref: string;
  };
  readonly 'account-export': {
    readonly stage: 'none' | 'making' | 'ready' | 'over';
    readonly mayAsk: boolean;
    readonly action: string;
    readonly downloadAction: string;
    readonly pageHref: string;
    readonly formToken: string;
    /** Number of days in which the export can be downloaded. */
    readonly days: number;
    readonly requested?: ShownTime | undefined;
    readonly until?: ShownTime | undefined;
    readonly fetched?: ShownTime | undefined;
    /** The user name under which a password manager finds the password. */
    readonly email: string;
    readonly reauthentication: ReauthenticationView;
    readonly problems: ReauthenticationProblems;
    /** True if the export has already been downloaded by another request. */
    readonly isLate: boolean;
    readonly accountHref: string;
  };
}
