import type { UpstreamAddress, UpstreamOperation } from "../endpoint-address.ts";
import type { UpstreamCall, UpstreamHeaders } from "../upstream-client.ts";

/** What a request says before the cloud's own form is given to it. */
export interface CloudRequest {
  /** The provider's protocol, as for its maker's own API. */
  body: Record<string, unknown>;
  headers: Record<string, string>;
}

/** Reads a stream in the cloud's own framing. */
export interface FrameReader {
  write(chunk: Buffer): void;
  end(): void;
}

/** A cloud that serves somebody's models under addresses, in envelopes and with credentials of its own. */
export interface Cloud {
  address(operation: UpstreamOperation, upstreamModel: string): UpstreamAddress;
  /** Puts the model, versions and betas where this cloud wants them. */
  shape(operation: UpstreamOperation, upstreamModel: string, request: CloudRequest): CloudRequest;
  /**
   * Adds the credential. Whatever it needs for that is loaded with the first call.
   * @throws RequestError when there is none to be had
   */
  authorize(call: UpstreamCall): Promise<UpstreamCall>;
  /**
   * Stands before the reader of an answer, if the answer is framed; only after `authorize`.
   * @param inner takes server-sent events
   */
  unframe?(headers: UpstreamHeaders, inner: FrameReader): FrameReader | undefined;
  /** What a count says, in this cloud's words. */
  readCount?(body: unknown): unknown;
}
