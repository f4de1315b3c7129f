// Names that Shared Signals Framework 1.0, CAEP 1.0 and RISC 1.0 define, and the limits of streams.

export const pushMethod = 'urn:ietf:rfc:8935';
export const pollMethod = 'urn:ietf:rfc:8936';

const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
const risc = 'https://schemas.openid.net/secevent/risc/event-type/';
const ssf = 'https://schemas.openid.net/secevent/ssf/event-type/';

export const sessionRevoked = `${caep}session-revoked`;
export const credentialChange = `${caep}credential-change`;
export const accountDisabled = `${risc}account-disabled`;
export const accountEnabled = `${risc}account-enabled`;
export const accountPurged = `${risc}account-purged`;
export const identifierChanged = `${risc}identifier-changed`;
export const verification = `${ssf}verification`;
export const streamUpdated = `${ssf}stream-updated`;

/** The events about users, which a receiver can request. */
export const supportedEvents = [
  sessionRevoked,
  credentialChange,
  accountDisabled,
  accountEnabled,
  accountPurged,
  identifierChanged,
] as const;

export const subjectFormats = ['iss_sub', 'email', 'opaque'] as const;
export type SubjectFormat = (typeof subjectFormats)[number];

/** RS256 is the algorithm of the CAEP Interoperability Profile 1.0 (§2.6). */
export const signalAlgorithms = ['RS256', 'ES256'] as const;
export type SignalAlgorithm = (typeof signalAlgorithms)[number];

/** Maximum number of streams per receiver: one per environment, and one more for a migration. */
export const maxStreamsPerReceiver = 5;
/** Seconds between two verifications that a receiver requests (SSF 1.0 §8.1.1). */
export const minVerificationSeconds = 10;
/** Maximum number of pending signals for one receiver; beyond it, the stream is disabled. */
export const maxWaitingSignals = 10_000;
/** How long a signal waits for its receiver, and how long the record of its delivery is kept. */
export const retentionDays = 7;
export const maxPolledSignals = 100;
export const maxRequestedEvents = 50;
export const maxStateLength = 1024;
