// Entry point of the AWS Lambda function that answers HTTP requests: of API Gateway (HTTP and REST API)
// and of a function URL. It starts when the module is loaded, once for each execution environment.
import { openFunction } from '#server/serverless/function.ts';
import { createHttpHandler } from '#server/serverless/http-handler.ts';

export const handler = await createHttpHandler(await openFunction(process.env));
