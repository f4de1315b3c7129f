// Answers resource servers that ask whether a user or client may do something.
import type { AccessControl } from '#core/access-control/access-control.service.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { createAccessEvaluation } from './access-evaluation.service.ts';

export const accessEvaluationModule: Module = { name: 'access-evaluation', tables: [], mails: [] };

export interface AccessEvaluationModuleDependencies extends Runtime {
  readonly accessControl: AccessControl;
  readonly clients: Clients;
  readonly subjectStatus: SubjectStatusService;
}

export function createAccessEvaluationModule(dependencies: AccessEvaluationModuleDependencies) {
  return { accessEvaluation: createAccessEvaluation(dependencies) };
}
