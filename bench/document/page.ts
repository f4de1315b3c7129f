// The text of docs/performance.md around the figures of the last run.
import type { ResultFiles } from '#bench/results-files.ts';
import { describeCpu, describeGoals, describeOpen, describeRun } from './load-sections.ts';
import {
  describeAllocations,
  describeCounts,
  describeGrowthSection,
  describeStartSection,
  describeWorkerRatios,
} from './other-sections.ts';
import { describePeersSection } from './peers-section.ts';

export function describePerformance({ load, peers, ...others }: ResultFiles): string {
  const { workers, growth, starts } = others;
  return [
    introduction,
    `## Machine and settings\n\n${describeRun(load)}`,
    processorTime(describeCpu(load)),
    `## Goals\n\n${describeGoals(load)}\n\n${aboutGoals}`,
    ...(peers ? [describePeersSection(peers)] : []),
    profile,
    responseTimes(describeOpen(load), load.settings.openShare),
    counts(describeCounts()),
    allocations(describeAllocations()),
    `## Timings: two workers\n\n${describeWorkerRatios(workers)}\n\n${aboutWorkers}`,
    `## Timings: more users\n\n${aboutGrowth}\n\n${describeGrowthSection(growth)}`,
    `## Timings: start and memory\n\n${aboutStarts}\n\n${describeStartSection(starts)}\n\n${memory}`,
    limits(peers ? measuredOnce : notMeasured),
  ].join('\n\n');
}

const introduction = `# Performance

What a request costs, and how to measure it. There are two kinds of figures: **counts** are the same on every machine and are
checked by \`npm test\`; **timings** depend on the machine and the moment, and are reported but not checked.

This page is written by \`npm run docs:performance\` from the files in \`bench/results\`, which the commands with \`--keep\` write.

## Run it

\`\`\`sh
npm run bench:report                      # everything on this page, then the page itself; twelve minutes on a quiet machine
npm run bench                             # load: Ostiary, oidc-provider alone, the floor, Koa; eight minutes
npm run bench -- --rounds=1 refresh userinfo              # flows by the beginning of their names
npm run bench -- --peers=keycloak,hydra   # beside Keycloak and Ory Hydra, which it installs; half an hour
npm run bench -- --profile=/tmp/profile introspection     # CPU profile of the server, for Chrome DevTools
npm run bench:workers                     # one worker against two
npm run bench:growth -- --users 1000,100000               # few users against many; up to 10,000,000
npm run bench:budget                      # counts, then start time and memory; about a minute
npm run bench:budget -- --counted-only    # five seconds
npm run bench:metrics                     # processor time of the metrics for each request and for each scrape
npm run bench:queries                     # every page of the panel with 100,000 users; five minutes (queries.md)
npm run seed                              # fills an empty database of your own with the same data
\`\`\`

Each starts its own PostgreSQL and Redis on sockets in a temporary directory, listens on 127.0.0.1 only, and stops everything at the
end. Load tests need Linux: processor time is read from \`/proc\`, and \`taskset\` binds processes to cores.

\`--peers\` takes \`keycloak\`, \`hydra\` or both. Keycloak needs Java 21 or newer, and Maven to install it; Hydra needs Go to install it.
The command installs the versions that it names, once, in a folder of the user below that for temporary files or in
\`--peers-directory=FOLDER\`, from the repositories that Maven and Go are configured to use. It starts each server on 127.0.0.1 with a
database of its own in the PostgreSQL of the run, and measures the flows that one of them has. \`--warm-up=40\` is the number of seconds
of load of each flow at each server before anything is measured: the JVM keeps optimizing for minutes. With \`--keep\`, the figures are written to
\`bench/results/peers.json\`, and this page shows them.`;

const processorTime = (table: string) => `## Timings: processor time

![Processor time of the server per request](images/performance.svg)

${table}

- **CPU** is the processor time of the whole server process with all its threads for one round of the flow: one request, two for the code
  exchange, four for a password sign-in. That of PostgreSQL and Redis is additional. The load is a closed loop: each connection
  sends its next request after the answer to the last.
- **oidc-provider** is the engine alone with its in-memory store (\`bench/baselines/bare-engine.ts\`), without pages, checks of its own,
  log or database. What Ostiary needs beyond it is the price of everything else. It introspects no JWTs and knows no passwords.
- **floor** is a server written by hand for exactly these requests (\`bench/baselines/floor\`): one client authentication, one access
  to a store, one signature where the protocol needs it, with the fastest libraries known. It has no consent, revocation, audit log,
  rate limit or second worker; its user information is that of a JWT, without a look-up; its sign-in is one form without a page.
  It stands for what the platform allows, not for a product.`;

const aboutGoals = `The goal has two parts: processor time, and how near it is to the floor. A product that is half as fast as
the floor has 50 %. For the password sign-in, most of the time is the hash (argon2id, 19 MiB, two passes), which the floor computes,
too.`;

const profile = `## Where the time goes

Shares of the main thread's processor time in CPU profiles of 30 November 2026 (\`npm run bench -- --profile=FOLDER FLOW\`):

|                                       | userinfo | refresh, JWT | authorize and code exchange |
| ------------------------------------- | -------- | ------------ | --------------------------- |
| Node.js: HTTP, sockets, event loop    | 45 %     | 38 %         | 34 %                        |
| Ostiary                               | 16 %     | 25 %         | 21 %                        |
| garbage collection                    | 11 %     | 6 %          | 11 %                        |
| client of PostgreSQL                  | 11 %     | 7 %          | 9 %                         |
| signatures, hashes and random values  | 2 %      | 17 %         | 11 %                        |
| client of Redis                       | 10 %     | 0 %          | 4 %                         |
| log                                   | 3 %      | 4 %          | 2 %                         |
| oidc-provider                         | 1 %      | 3 %          | 7 %                         |
| Koa and cookies                       | 0 %      | 0 %          | 1 %                         |

No function of Ostiary or of its libraries takes more than 3 %, so what remains cannot be removed in one place. Since these
profiles, a refresh ([decision record 66](decisions/0066-rotation-in-one-statement.md)) and the exchange of a code for a JWT
([67](decisions/0067-redemption-in-one-statement.md)) take one statement instead of two.`;

const responseTimes = (table: string, share: number) => `## Timings: response times

Requests arrive at regular intervals, at ${Math.round(share * 100)} % of the number that Ostiary handled in the closed loop, and at the same number for each
server (an open loop). The time counts from the moment at which a request was due, so a request that waits for a slow one before it is
counted with its waiting time. The figures are the median, the 99th percentile and the 99.9th; up to one millisecond is the
resolution of the generator's timer.

${table}

The tail is garbage collection on a single core: the old generation is collected every one to three seconds of full load. The server
itself stops for 5 to 30 ms, but V8 marks objects in other threads before, and in this arrangement these share the only core with it for some
60 ms.`;

const counts = (table: string) => `## Counts

Round trips are counted where the libraries send them: statements of \`pg\` (BEGIN and COMMIT included), commands of \`ioredis\`
(commands of one event loop turn are pipelined and count once), signatures by WebCrypto or \`node:crypto\`; a commit counts if its
transaction wrote. Each flow has run once before, so caches are warm. \`bench/budget.json\` holds both the budget of the design
(\`contract\`) and the lowest count ever reached (\`reached\`): \`npm test\` fails if a flow exceeds its lowest count,
\`npm run bench:budget\` also if it exceeds its budget, and then prints what was sent.

${table}

Three techniques are not obvious from the code:

- The end of a completed interaction is written to Redis together with its code; without a code, before the response.
- The last use of a session is written once a minute (for idle times below ten minutes, once per tenth of it): the idle time is
  never longer than configured, and shorter by at most that much; \`last_used_at\` has the same precision.
- Revoking a refresh token revokes family and grant and writes the audit entry in one statement. One of the Redis round trips of
  a revocation or sign-out notifies the other nodes.`;

const allocations = (table: string) => `### Allocated memory

What the server takes from the JavaScript heap for one round of a flow, on average over sixty sequential rounds after warm-up.
Fewer and smaller objects mean less garbage collection, which is a fifth of all processor time. \`npm test\` fails above these
limits (\`bench/allocations/limits.json\`). They are more than half above what was measured, because the compiler decides which objects it
can avoid.

${table}`;

const aboutWorkers = `Both servers use all cores, together with PostgreSQL, Redis and the load generator; on a machine with few cores these take
what the second worker could use, so the measured ratio is lower than the workers allow. The ratio by processor time is that of
two cores without other work: twice the processor time per request with one worker, divided by that with two.`;

const aboutGrowth = `Each user has a password, a session, a grant and a family of refresh tokens. The requests are those of 64 users from all parts
of the table, whose sessions are the newest, as those of active users are. PostgreSQL has 4 GB of shared buffers and 16 GB of WAL between
checkpoints (\`max_wal_size\`), as on a server for so many users. The servers run at the same time and take turns, after each has been warmed up. The goal is
that no median time is more than 1.2 times that with the fewest users. Only sizes of one run are comparable: the other
tables are of other runs, in which the machine may have been faster. [Decision record 53](decisions/0053-growth.md) says how
expired rows are removed, and when partitions are worth their price.`;

const aboutStarts = `Time from \`npm start\` until the server is ready; resident memory of the server process five seconds later. The first start
creates tables and keys and compiles everything.`;

const memory = `Just before it listens, the server runs a garbage collection, which otherwise would not happen while the server is idle: 25 MB less
than without.

The start command limits each semi-space of the heap's young generation to 8 MB (\`--max-semi-space-size\`), and large, rarely used
modules (the embedded database, the mail library) are loaded on first use. Together, this reduced 143 MB to 128 MB in one
comparison. 8 costs 0 to 7 % of processor time on client_credentials, nothing measurable on introspection and refresh, and reduces
the p99 latency by about a third, because each collection is shorter; 2 and 4 cost 5 to 30 %. Where memory does not
matter, omit the option.`;

const notMeasured = `Other products are not part of the figures above. \`npm run bench -- --peers=keycloak,hydra\` measures two of them.`;

const measuredOnce = `Other products are measured in one version and one configuration each, which their makers may know how to improve.`;

const limits = (otherProducts: string) => `## What this does not show

- One machine, loopback, no TLS and no network: a new TLS connection alone costs as much processor time as several token requests.
- The generator shares a machine with the stores. Processor times hardly depend on that; rates and response times do.
- ${otherProducts}
- A processor time is accurate to about 5 % on a quiet machine: two processes of the same program differ by that much. Changes are
  therefore compared with the former version by turns, with both servers running.
`;
