// The entry point of the package.
export { createResourceServer, type ResourceServer } from './resource-server.ts';
export { Refusal, type RefusalCode } from './request/refusal.ts';
export type {
  Auth,
  ClientCertificate,
  DpopOptions,
  IntrospectionOptions,
  ProofReplays,
  Protection,
  RequestFacts,
  Requirements,
  ResourceServerOptions,
  StatusListOptions,
} from './types.ts';
