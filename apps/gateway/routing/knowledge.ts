import { createAnswerLengths, type AnswerLengths } from "./answer-lengths.ts";
import { createCacheShares, type CacheShares } from "./cache-shares.ts";
import { createCallQuality, type CallQuality } from "./call-quality.ts";
import { createHealth, type Health } from "./health/health.ts";
import { createConversationHabits, type ConversationHabits } from "./conversation-habits.ts";
import { createEndpointPreparer, type PrepareEndpoints } from "./prepare-endpoint.ts";
import { createSessionMemory, type SessionMemory } from "./session-memory.ts";

/** Everything that answers have taught; each plan reads it, learn-from-answer.ts writes it. In memory, bounded. */
export interface Knowledge {
  health: Health;
  sessions: SessionMemory;
  cacheShares: CacheShares;
  answerLengths: AnswerLengths;
  habits: ConversationHabits;
  callQuality: CallQuality;
  /** Endpoints in the form that planning wants. */
  prepare: PrepareEndpoints;
  /** Tokens that an endpoint makes of so many bytes. */
  promptTokens(key: string, bytes: number): number;
}

export function createKnowledge(promptTokens: Knowledge["promptTokens"]): Knowledge {
  return {
    health: createHealth(),
    sessions: createSessionMemory(),
    cacheShares: createCacheShares(),
    answerLengths: createAnswerLengths(),
    habits: createConversationHabits(),
    callQuality: createCallQuality(),
    prepare: createEndpointPreparer(),
    promptTokens,
  };
}
