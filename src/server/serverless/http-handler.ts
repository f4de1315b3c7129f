// The function that answers HTTP requests. The adapter library creates a Node.js request and response from an
// event; the application is the same as in the server.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { configure } from '@codegenie/serverless-express';
import type { Context } from 'aws-lambda';
import { basePathOf } from '#oidc/configuration.ts';
import type { Log } from '#platform/logging/log.ts';
import { createApp } from '#server/app.ts';
import type { FunctionEnvironment } from './function.ts';
import { isGatewayEvent, isText, readRequest, writeResult } from './gateway-events.ts';
import type { GatewayEvent, GatewayResponse, GatewayResult } from './gateway-events.ts';
import { createWakeUp } from './wake-up.ts';

export type HttpHandler = (
  event: GatewayEvent,
  context: Pick<Context, 'awsRequestId'>,
) => Promise<GatewayResult>;

export async function createHttpHandler(environment: FunctionEnvironment): Promise<HttpHandler> {
  const { services } = environment;
  const { config, log } = services;
  const basePath = basePathOf(config);
  // The platform stops an environment only between requests, so there is nothing to drain.
  const app = await createApp({ services, isStopping: () => false, countsTogether: true });
  const handle = app.callback();
  const wakeUp = createWakeUp(services);
  // The library waits for the promise, although its types do not say so.
  const framework = { sendRequest: (exchange: Exchange) => answer(exchange, handle) };
  const forward = configure<GatewayEvent, GatewayResult>({
    app: (req, res) => void handle(req, res),
    framework,
    eventSourceName: 'AWS_API_GATEWAY_V2',
    eventSource: {
      getRequest: ({ event }: { event: GatewayEvent }) => readRequest(event, basePath),
      getResponse: ({ event, ...response }: { event: GatewayEvent } & GatewayResponse) =>
        writeResult(event, response),
    },
    binarySettings: { isBinary: (response: GatewayResponse) => !isText(response) },
    respondWithErrors: false,
    log: adapterLog(log),
  });

  return (event, context) =>
    environment.invoke(context.awsRequestId, async () => {
      if (!isGatewayEvent(event)) throw new TypeError('The event is not an HTTP request.');
      await wakeUp.before();
      try {
        // The library's handler takes no callback and returns a promise.
        return (await forward(event, context as Context, () => undefined)) as GatewayResult;
      } finally {
        wakeUp.after();
      }
    });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(
  { request, response }: Exchange,
  handle: (req: IncomingMessage, res: ServerResponse) => Promise<unknown>,
): Promise<void> {
  // The simulated connection never closes, so what Node.js would emit with it is emitted here.
  response.once('finish', () => void response.emit('close'));
  response.destroy = (cause) => {
    response.emit('error', cause ?? new Error('The response was cut off.'));
    return response;
  };
  const finished = once(response, 'finish');
  await handle(request, response);
  await finished;
}

/** Below the level `error`, the library logs whole events, which contain credentials. */
function adapterLog(log: Log) {
  const ignore = (): void => undefined;
  return {
    info: ignore,
    debug: ignore,
    verbose: ignore,
    warn: ignore,
    error(_message: string, err: unknown): void {
      log.error({ event: 'function.failed', err }, 'the request could not be answered');
    },
  };
}
