import type { Exchange } from "../downstream.ts";
import { handleInference } from "../handle-inference.ts";
import type { InferenceContext } from "../inference-context.ts";
import { createResponsesClient, type ResponsesTask } from "./responses-client.ts";

/** `POST /v1/responses` and `POST /v1/responses/compact`. */
export async function handleResponses(
  task: ResponsesTask,
  exchange: Exchange,
  context: InferenceContext,
): Promise<void> {
  const { protocol, close } = createResponsesClient(task, exchange, context);
  try {
    await handleInference(protocol, exchange, context);
  } finally {
    close();
  }
}
