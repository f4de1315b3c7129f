// Acts of administrators that may require the approval of a second one.
import type { Kind } from '#config/setting.ts';
import { parseList } from './lists.ts';

export const approvalActs = [
  'users.delete',
  'roles.grant-admin',
  'sessions.end-all',
  'keys.rotate',
] as const;

export type ApprovalAct = (typeof approvalActs)[number];

export const approvalActList: Kind<readonly ApprovalAct[]> = {
  values: `acts, comma separated: ${approvalActs.map((act) => `\`${act}\``).join(', ')}`,
  parse: (text) =>
    parseList(text).map((entry) => {
      const act = approvalActs.find((each) => each === entry);
      if (act !== undefined) return act;
      const known = approvalActs.join(', ');
      throw new Error(`contains the unknown act ${JSON.stringify(entry)}; allowed: ${known}`);
    }),
};
