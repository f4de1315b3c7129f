// What the views of a person's own data need; a part of view-types.ts.
import type { MessageKey } from '#http/rendering/locales.ts';
import type { ShownTime } from '#http/rendering/times.ts';

export interface PersonalDataViewLocals {
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
    readonly hasPassword: boolean;
    readonly asksForCode: boolean;
    /** Where to confirm with a passkey first. */
    readonly confirmHref?: string | undefined;
    readonly problems: {
      readonly password?: MessageKey | undefined;
      readonly code?: MessageKey | undefined;
    };
    /** True: somebody was faster. */
    readonly isLate: boolean;
    readonly accountHref: string;
  };
}
