import type { ChatError } from "@onerouter/protocols";

/** Shorter ones are placeholders of servers without keys, and words like any other. */
const shortestSecret = 8;

/**
 * Upstreams repeat keys in their errors, and not every key looks like one: the one that was sent is never told to a client or
 * to the record.
 */
export function hideCredential(error: ChatError, credential: string): ChatError {
  if (credential.length < shortestSecret || !error.message.includes(credential)) return error;
  return { ...error, message: error.message.replaceAll(credential, "***") };
}
