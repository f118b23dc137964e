import type { Kysely } from "kysely";

/**
 * The tables as queries see them. SQLite gives every integer as a bigint (sqlite/node-sqlite-database.ts) and PostgreSQL
 * gives int8 as text, so integers are written as numbers or bigints and read through Number() or BigInt(); booleans are
 * 0 and 1; JSON is text. Nothing is left to a driver's own idea of a type.
 */
export interface DatabaseSchema {
  api_keys: ApiKeyRow;
  generations: GenerationRow;
  settings: { name: string; value: string };
  revisions: { name: string; value: Integer };
}

export type Database = Kysely<DatabaseSchema>;

type Integer = number | bigint;

export interface ApiKeyRow {
  id: string;
  name: string;
  hash: string;
  label: string;
  created_at: Integer;
  revoked_at: Integer | null;
  expires_at: Integer | null;
  /** JSON. */
  models: string | null;
  resume: Integer | null;
}

export interface GenerationRow {
  id: string;
  created_at: Integer;
  key_id: string;
  session_id: string | null;
  client_protocol: string;
  upstream_protocol: string | null;
  requested_model: string;
  model: string | null;
  provider: string | null;
  upstream_model: string | null;
  streamed: Integer;
  express_lane: Integer;
  status: Integer;
  error_code: string | null;
  aborted: Integer;
  finish_reason: string | null;
  input_tokens: Integer;
  cache_read_tokens: Integer;
  cache_write_tokens: Integer;
  cache_write_1h_tokens: Integer;
  output_tokens: Integer;
  reasoning_tokens: Integer;
  usage_source: string;
  cost_picodollars: Integer | null;
  ttft_ms: number | null;
  duration_ms: number;
  attempts: string;
  receipt: string;
  plan: string | null;
}
