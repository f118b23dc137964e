import type { ClientProtocol, RequestPath } from "@onerouter/protocols";
import type { Exchange } from "../pipeline/downstream.ts";

/** What is done with a request that asks for inference. */
export interface InferenceRoute {
  protocol: ClientProtocol;
  handle(exchange: Exchange): Promise<void>;
  /** Gemini: what the path says of the request. */
  path?: RequestPath;
  /** Gemini: the key in the query. */
  queryKey?: string;
}
