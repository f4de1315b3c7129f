// openid-client (npm), the certified client for Node servers.
import { driveNodeApp, installNodeApp } from './node-app.ts';
import type { RelyingParty } from './relying-party.ts';

export const openidClient: RelyingParty = {
  name: 'openid-client',
  needs: [],
  install: (place) => installNodeApp(place, 'openid-client', 'openid-client'),
  drive: (trial) => driveNodeApp(trial, { preset: 'openid-client' }),
};
