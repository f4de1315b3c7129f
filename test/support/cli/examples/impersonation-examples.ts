// Examples of the commands about impersonations.
import { anImpersonation } from '#test/support/steps/impersonation.ts';
import type { Examples } from './example.ts';

export const impersonationExamples: Examples = {
  'impersonation list': {
    async prepare(app) {
      await anImpersonation(app);
      return { args: ['--limit', '1'] };
    },
    text: /^ID +ADMINISTRATOR +USER +ENDS +REASON\n[\w-]{36} +\S+@\S+ +\S+@\S+ +\S+ \S+Z +Case 4711\n$/,
    json: [
      {
        id: 'text',
        administrator_id: 'text',
        administrator_email: 'text',
        user_id: 'text',
        user_email: 'text',
        session_uid: 'text',
        reason: 'text',
        started_at: 'text',
        ends_at: 'text',
      },
    ],
  },
  'impersonation end': {
    async prepare(app) {
      return { args: [(await anImpersonation(app)).impersonation.id] };
    },
    text: /^The impersonation has ended\.\n$/,
    json: { id: 'text', ended: 'flag' },
  },
};
