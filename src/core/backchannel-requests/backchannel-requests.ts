// The sealed part of a backchannel request: what a ping to its client needs (CIBA Core 1.0 §10.2).

export interface Notification {
  readonly authReqId: string;
  /** The client's bearer token for its notification endpoint. */
  readonly token: string;
}

export function notificationContext(requestId: string): string {
  return `backchannel request ${requestId}`;
}
