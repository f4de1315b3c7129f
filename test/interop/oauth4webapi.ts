// oauth4webapi (npm), the certified low-level client.
import { driveNodeApp, installNodeApp } from './node-app.ts';
import type { RelyingParty } from './relying-party.ts';

export const oauth4webapi: RelyingParty = {
  name: 'oauth4webapi',
  needs: [],
  install: (place) => installNodeApp(place, 'oauth4webapi', 'oauth4webapi'),
  drive: (trial) => driveNodeApp(trial, { preset: 'oauth4webapi' }),
};
