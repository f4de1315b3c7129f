// Entry point of the AWS Lambda function that runs the background jobs on a schedule (template.yaml).
import { openFunction } from '#server/serverless/function.ts';
import { createJobsHandler } from '#server/serverless/jobs-handler.ts';

export const handler = await createJobsHandler(await openFunction(process.env));
