// The section of docs/performance.md about other products: figures, settings, what is not equal, verdicts.
import type { PeerName } from '#bench/load/flow.ts';
import type { LoadResults, Measured } from '#bench/load/results.ts';
import {
  goalPeer,
  measuredPeers,
  peerGoals,
  peerTitles,
  ratioOf,
  verdictOf,
} from '#bench/peers/ratios.ts';
import { describeRun } from './load-sections.ts';
import { decimal, markdownTable, whole } from './markdown.ts';

export function describePeersSection(results: LoadResults): string {
  const peers = measuredPeers(results);
  return [
    `## Beside other servers\n\n${introduction}`,
    ratioTable(results, peers),
    describeVerdicts(results),
    describeRun(results, runFacts(peers)),
    `Equal for all servers: ${equal}`,
    `Not equal:\n\n${peers.flatMap((peer) => facts[peer].differences.map((line) => `- ${line}`)).join('\n')}`,
    rateTable(results, peers),
  ].join('\n\n');
}

const introduction = `Processor time per round of the server process with all its threads and children, each server alone on the same core, by
turns, medians. "/ Ostiary" is the processor time of the other server divided by that of Ostiary, in parentheses with that of
PostgreSQL and Redis. "-" is a flow that the product does not have.`;

const equal = `JWT access tokens and ID tokens signed with ES256, access tokens valid for 300 seconds, refresh tokens that can be used once, PKCE
with S256, clients that authenticate with \`client_secret_basic\`, no limits for attempts, no line in the log for each request, one PostgreSQL
that all servers reach over TCP. The run checks algorithm, lifetime and single use with the other servers before it measures, and every
answer.`;

interface PeerTexts {
  readonly settings: string;
  readonly differences: readonly string[];
}

const facts: Readonly<Record<PeerName, PeerTexts>> = {
  keycloak: {
    settings:
      'Keycloak built with `--db=postgres --cache=local` and started with `start --optimized`, 1 GB of heap (`-Xms1g -Xmx1g`), its own options of Java otherwise, log level `warn`, events not stored',
    differences: [
      '**Keycloak** issues JWTs only: for user information, too, its access token is a JWT, and that of Ostiary opaque. Its tokens carry roles and profile, as they do by default, and so are longer.',
      'Keycloak keeps sessions in memory and writes them to PostgreSQL in batches; it stores client secrets as they are, Ostiary only their SHA-256. Ostiary writes its audit log, which cannot be disabled; the event log of Keycloak is off, as by default.',
      'Passwords: the default of each product. Keycloak: argon2id with 7 MiB and five passes; Ostiary: argon2id with 19 MiB and two. OWASP lists both as equally strong. The sign-in of Keycloak is two requests, that of Ostiary four.',
      'An audience mapper was added to the client in Keycloak, because it introspects a token only for a client in its audience.',
    ],
  },
  hydra: {
    settings:
      'Hydra with `serve all --dev` (without it, it refuses issuers without TLS), up to 100 connections to PostgreSQL, log level `warn`, telemetry off',
    differences: [
      '**Hydra** has no users and no sessions: another application signs users in and asks for consent. The run stands in for it to get tokens, and measures no sign-in and no authorization request.',
      'Hydra writes a row for each access token, JWT or not; Ostiary stores opaque ones in Redis and no JWT. It stores client secrets as PBKDF2 with 25,000 iterations, which is most of the cost of a request with a secret; Ostiary stores SHA-256, because secrets are random.',
      'Hydra introspects on its port for the internal network, without client authentication.',
    ],
  },
};

function runFacts(peers: readonly PeerName[]) {
  const own =
    'Ostiary as `npm start` runs it, with one worker, rate limits off, log level `warn`, `REFRESH_LEEWAY_SECONDS=0`';
  const settings = [own, ...peers.map((peer) => facts[peer].settings)].join('; ');
  return { postgres: 'over TCP on loopback, one database for each server', settings };
}

function ratioTable({ flows }: LoadResults, peers: readonly PeerName[]): string {
  const heading = [
    'flow',
    'Ostiary CPU us',
    ...peers.flatMap((peer) => [`${peerTitles[peer]} CPU us`, '/ Ostiary']),
    'goal',
    'verdict',
  ];
  const rows = flows.map((measured) => [
    measured.flow,
    whole(measured.closed.ostiary?.median.serverCpu),
    ...peers.flatMap((peer) => [
      whole(measured.closed[peer]?.median.serverCpu),
      describeRatio(measured, peer),
    ]),
    describeGoal(measured.flow),
    verdictOf(measured),
  ]);
  return markdownTable([heading, ...rows]);
}

function describeRatio(measured: Measured, peer: PeerName): string {
  const ratio = ratioOf(measured, peer);
  return ratio ? `${decimal(ratio.server)} x (${decimal(ratio.total)} x)` : '-';
}

function describeGoal(flow: string): string {
  const goal = peerGoals[flow];
  return goal === undefined ? '-' : `>= ${goal} x`;
}

function describeVerdicts({ flows }: LoadResults): string {
  const verdicts = flows.map(verdictOf).filter((verdict) => verdict !== '-');
  const met = verdicts.filter((verdict) => verdict === 'met').length;
  return `The goals are for ${peerTitles[goalPeer]}, without the stores: ${met} of ${verdicts.length} are met.`;
}

function rateTable({ flows }: LoadResults, peers: readonly PeerName[]): string {
  const names = ['ostiary', ...peers] as const;
  const heading = ['rounds per second and core; p50 / p99 ms', 'Ostiary'];
  const rows = flows.map(({ flow, closed }) => [
    flow,
    ...names.map((name) => {
      const median = closed[name]?.median;
      if (!median) return '-';
      return `${whole(median.perSecond)}; ${decimal(median.medianMs)} / ${decimal(median.p99Ms)}`;
    }),
  ]);
  return markdownTable([[...heading, ...peers.map((peer) => peerTitles[peer])], ...rows]);
}
