// ciba approve and ciba deny: answer a backchannel request in place of its user, to test clients. In
// production, only the user can answer.
import type { Command } from '#cli/framework/command.ts';
import type { BackchannelRequestStore } from '#core/backchannel-requests/backchannel-requests.store.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { passwordAcr } from '#core/sessions/authentication.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Config } from '#config/config.ts';
import type { BackchannelDecisions } from '#oidc/asynchronous/backchannel-decisions.ts';
import { AppError } from '#platform/errors.ts';

interface Needs {
  readonly config: Pick<Config, 'environment'>;
  readonly users: UserStore;
  readonly backchannelRequestStore: BackchannelRequestStore;
  readonly backchannelDecisions: () => Promise<BackchannelDecisions>;
  readonly now: () => Date;
}

const answers = {
  approve: {
    summary: 'Allow a CIBA request in place of its user, outside production.',
    done: 'allowed',
  },
  deny: {
    summary: 'Deny a CIBA request in place of its user, outside production.',
    done: 'denied',
  },
} as const;

function answerCommand(answer: keyof typeof answers): Command<Needs> {
  const { summary, done } = answers[answer];
  return {
    name: `ciba ${answer}`,
    summary,
    operand: 'AUTH_REQ_ID',
    options: {},
    examples: [`ciba ${answer} 1b3vF0Lx9kq`],
    async run(needs, { operand }) {
      if (needs.config.environment === 'production') {
        throw new AppError('forbidden', 'In production, only the user can answer a request.');
      }
      const request = await needs.backchannelRequestStore.findBySecret(operand);
      const user = request && (await needs.users.findById(request.userId));
      if (!request || !user) throw new AppError('not_found', 'Request not found.');
      const decisions = await needs.backchannelDecisions();
      const decided = await decisions[answer](request.id, {
        user,
        by: commandLineActor,
        acr: passwordAcr,
        amr: ['pwd'],
        at: needs.now(),
        sessionUid: undefined,
      });
      if (!decided)
        throw new AppError('conflict', 'The request was already answered or has expired.');
      const document = { request: request.id, decision: done, user_id: user.id };
      return { document, text: `The request is ${done}.\n` };
    },
  };
}

export const backchannelCommands = [answerCommand('approve'), answerCommand('deny')] as const;
