/**
 * What the user says where a model cannot go on with an answer that the client has begun
 * (https://platform.claude.com/docs/en/about-claude/models/migration-guide).
 */
export const askToGoOn =
  "Go on exactly where your last message stops. Repeat nothing of it, and do not mention that you were asked.";
