// go-oidc with golang.org/x/oauth2 (Go modules).
import { join } from 'node:path';
import { buildGoApp } from './go.ts';
import type { RelyingParty } from './relying-party.ts';
import { driveServerApp } from './server-app.ts';

export const goOidc: RelyingParty = {
  name: 'go-oidc',
  needs: ['go'],
  install: (place) =>
    buildGoApp(place, 'go-oidc', 'github.com/coreos/go-oidc/v3', 'golang.org/x/oauth2'),
  drive: (trial) =>
    driveServerApp(trial, {
      preset: 'go-oidc',
      command: join(trial.directory, 'app'),
      args: [],
    }),
};
