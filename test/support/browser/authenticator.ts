// A virtual authenticator in a tab, with user verification always successful.
import { setTimeout as pause } from 'node:timers/promises';
import type { CDPSession, Page } from 'playwright-core';
import type { Visit } from './chromium.ts';

export interface Device {
  readonly cdp: CDPSession;
  readonly authenticatorId: string;
}

export async function plugIn({ context, page }: Pick<Visit, 'context' | 'page'>): Promise<Device> {
  const cdp = await context.newCDPSession(page);
  await cdp.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { cdp, authenticatorId };
}

/** Removes the authenticator and all its credentials. */
export async function lose({ cdp, authenticatorId }: Device): Promise<void> {
  await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
}

export async function credentialsOf({ cdp, authenticatorId }: Device) {
  return (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
}

/**
 * The page signals the removal to the authenticator only after it has loaded, so this function
 * polls.
 */
export async function waitForNone(device: Device) {
  for (let turn = 0; turn < 40; turn += 1) {
    if ((await credentialsOf(device)).length === 0) return [];
    await pause(50);
  }
  return credentialsOf(device);
}

/** Disables autofill, which the virtual authenticator would complete by itself. */
export async function withoutAutofill(page: Page): Promise<void> {
  await page.addInitScript(() => {
    // Exists in browsers only.
    Object.assign(Reflect.get(globalThis, 'PublicKeyCredential'), {
      isConditionalMediationAvailable: async () => false,
    });
  });
}
