// The plans of the Shared Signals Framework: the provider transmits, the suite receives.
import { user } from './accounts.ts';
import type { SecretClient } from './clients.ts';
import type { Plan, PlanContext } from './plan.ts';

interface SignalPlan {
  readonly profile: 'default' | 'caep_interop';
  readonly delivery: 'push' | 'poll';
  readonly client: SecretClient;
}

const interopModule = 'openid-ssf-transmitter-stream-caep-interop';

export function signalPlans(context: PlanContext): readonly Plan[] {
  const { ssfPush, ssfPoll, caepPush, caepPoll } = context.clients;
  return [
    signalPlan(context, { profile: 'default', delivery: 'push', client: ssfPush }),
    signalPlan(context, { profile: 'default', delivery: 'poll', client: ssfPoll }),
    signalPlan(context, { profile: 'caep_interop', delivery: 'push', client: caepPush }),
    signalPlan(context, { profile: 'caep_interop', delivery: 'poll', client: caepPoll }),
  ];
}

function signalPlan(context: PlanContext, { profile, delivery, client }: SignalPlan): Plan {
  const { addresses, server } = context;
  const isInterop = profile === 'caep_interop';
  const { client_id, client_secret, scope } = client;
  return {
    name: `${isInterop ? 'caep' : 'ssf'}-${delivery}`,
    planName: `openid-ssf-transmitter-${isInterop ? 'caep-' : ''}test-plan`,
    variant: {
      // The profile of the CAEP plan is a part of it.
      ...(isInterop ? {} : { ssf_profile: profile }),
      ssf_delivery_mode: delivery,
      ssf_auth_mode: 'dynamic',
      ssf_server_metadata: 'discovery',
      server_metadata: 'discovery',
      client_registration: 'static_client',
      client_auth_type: 'client_secret_basic',
    },
    config: {
      alias: client_id,
      server,
      client: { client_id, client_secret, scope },
      ssf: { transmitter: { issuer: addresses.issuer } },
    },
    clients: [client],
    prompts: {
      [interopModule]: {
        message: 'Please trigger these events on the transmitter now',
        act: () => causeEvents(context, client_id),
      },
    },
  };
}

/** A new password ends the sessions of the user, too, so this causes both events of the profile. */
async function causeEvents({ provider }: PlanContext, clientId: string): Promise<void> {
  const streams = Object.values(await provider.command(['signal-stream', 'list']));
  for (const stream of streams) {
    const { id, client_id: owner } = Object(stream) as Readonly<Record<string, unknown>>;
    // The user never signed in to the receiver.
    if (owner === clientId) {
      await provider.command(['signal-stream', 'update', String(id), '--all-users']);
    }
  }
  const { email, password } = user;
  await provider.command(['user', 'set-password', email, '--password-stdin'], password);
}
