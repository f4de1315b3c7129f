// approvals list, approve and reject; and the output of a command whose act waits for approval.
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns, describeValues } from '#cli/framework/columns.ts';
import type { Answer, Arguments, Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { AppError } from '#platform/errors.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import { runInRequestScope } from '#platform/request/request-scope.ts';
import { isUuid } from '#platform/uuid.ts';
import { ApprovalPending, approvalStates, presentApproval, type Approval } from './approvals.ts';
import type { Approvals } from './approvals.service.ts';

const defaultLimit = 20;
const maxReasonLength = 500;

interface Needs {
  readonly approvals: Approvals;
}

/** The option of every command whose act may need an approval. */
export const withoutApproval = {
  'without-approval': {
    meaning: 'In an emergency: do not wait for a second administrator; the audit log records it',
  },
} as const;

/** The option of every command for whose act the API accepts a reason. */
export const withReason = {
  reason: { value: 'TEXT', meaning: 'Why, for the approver and the audit log' },
} as const;

/** Runs the act so that its approval and all of its events contain the reason. */
export function runWithReason<Result>(
  origin: RequestOriginSlot,
  args: Arguments,
  act: () => Promise<Result>,
): Promise<Result> {
  const reason = readReason(args);
  return runInRequestScope(() => {
    // For a command, only the reason is known.
    origin.set({ requestId: '', address: '', device: '', ...origin.get(), reason });
    return act();
  });
}

/** @throws UsageError */
export function readReason(args: Arguments): string | undefined {
  const reason = args.text('reason')?.trim();
  if (reason === undefined || (reason !== '' && reason.length <= maxReasonLength)) return reason;
  throw new UsageError(`--reason must be 1 to ${maxReasonLength} characters.`);
}

/** The result of the act, or a notice that it waits for a second administrator. */
export async function answerOrWait(act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ApprovalPending)) throw error;
    return answerWith(
      error.approval,
      'Nothing is done yet: this waits for a second administrator.',
    );
  }
}

export const approvalsList: Command<Needs> = {
  name: 'approvals list',
  summary: 'List acts that wait, or waited, for a second administrator.',
  options: {
    state: { value: 'STATE', meaning: `One of ${approvalStates.join(', ')}; default pending` },
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
    after: { value: 'ID', meaning: 'Continue after this approval, the last of the previous list' },
  },
  check(args) {
    readLimit(args, defaultLimit);
    readState(args.text('state'));
  },
  async run({ approvals }, args) {
    const after = args.text('after');
    const position = after === undefined ? undefined : [(await find(approvals, after)).id];
    const page = { after: position, limit: readLimit(args, defaultLimit) };
    const { items, next } = await approvals.list(readState(args.text('state')), page);
    const document = items.map(presentApproval);
    if (items.length === 0) return { document, text: 'No approvals.\n' };
    const heading = ['ID', 'STATE', 'ACT', 'TARGET', 'REQUESTED BY', 'EXPIRES'];
    const rows = items.map((each) => [
      each.id,
      each.state,
      each.act,
      each.userId ?? 'everyone',
      [each.requestedBy.kind, each.requestedBy.id].filter(Boolean).join(' '),
      each.expiresAt.toISOString(),
    ]);
    const more = next ? `\nThere are more: add --after ${next[0]}\n` : '';
    return { document, text: `${alignColumns([heading, ...rows])}${more}` };
  },
};

export const approvalsApprove: Command<Needs> = {
  name: 'approvals approve',
  summary: 'Approve an act, which is then performed.',
  operand: 'ID',
  options: {},
  async run({ approvals }, { operand }) {
    const { id } = await find(approvals, operand);
    const approval = await approvals.approve(id, commandLineActor);
    return answerWith(approval, 'Approved, and done.');
  },
};

export const approvalsReject: Command<Needs> = {
  name: 'approvals reject',
  summary: 'Reject an act.',
  operand: 'ID',
  options: {},
  async run({ approvals }, { operand }) {
    const { id } = await find(approvals, operand);
    return answerWith(await approvals.reject(id, commandLineActor), 'Rejected.');
  },
};

function find(approvals: Approvals, id: string): Promise<Approval> {
  if (isUuid(id)) return approvals.find(id);
  throw new AppError('not_found', 'There is no approval with this id.');
}

/** @throws UsageError */
function readState(text = 'pending') {
  const state = approvalStates.find((each) => each === text);
  if (state !== undefined) return state;
  throw new UsageError(`--state must be one of ${approvalStates.join(', ')}.`);
}

function answerWith(approval: Approval, sentence: string): Answer {
  const {
    target,
    requested_by: requester,
    decided_by: decider,
    ...rest
  } = presentApproval(approval);
  const document = { ...rest, target, requested_by: requester, decided_by: decider };
  const shown = {
    ...rest,
    target: target?.user_id ?? 'everyone',
    requested_by: [requester.kind, requester.id].filter(Boolean).join(' '),
  };
  return { document, text: `${sentence}\n\n${describeValues(shown)}` };
}

export const approvalCommands = [approvalsList, approvalsApprove, approvalsReject] as const;
