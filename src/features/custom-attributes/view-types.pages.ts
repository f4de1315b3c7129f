// What the views of a person's own data need; a part of view-types.ts.
import type { DetailFieldView } from './field-views.pages.ts';
import type { ValueRow } from './value-rows.pages.ts';
import type {
  ReauthenticationProblems,
  ReauthenticationView,
} from '#http/rendering/views/federation-view-types.ts';
import type { ShownTime } from '#http/i18n/times.ts';

export interface PersonalDataViewLocals {
  readonly 'account-details': {
    /** As the operator calls it. */
    readonly heading: string;
    readonly mayWrite: boolean;
    readonly action: string;
    readonly formToken: string;
    /** That the form was shown with. */
    readonly version: string;
    readonly fields: readonly DetailFieldView[];
    /** What is kept, for reading. */
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
    /** How long a copy can be fetched. */
    readonly days: number;
    readonly requested?: ShownTime | undefined;
    readonly until?: ShownTime | undefined;
    readonly fetched?: ShownTime | undefined;
    /** For the browser, which keeps the password under it. */
    readonly email: string;
    readonly reauthentication: ReauthenticationView;
    readonly problems: ReauthenticationProblems;
    /** True: somebody was faster. */
    readonly isLate: boolean;
    readonly accountHref: string;
  };
}
