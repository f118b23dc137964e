-- A database as OneRouter left it before keys had settings: schema as written by its migrations, with a few rows.
CREATE TABLE "migrations" ("position" integer primary key, "name" text not null);
CREATE TABLE "api_keys" ("id" text primary key, "name" text not null, "hash" text not null unique, "label" text not null, "created_at" bigint not null, "revoked_at" bigint, "expires_at" bigint);
CREATE TABLE "generations" ("id" text primary key, "created_at" bigint not null, "key_id" text not null, "session_id" text, "client_protocol" text not null, "upstream_protocol" text, "requested_model" text not null, "model" text, "provider" text, "upstream_model" text, "streamed" smallint not null, "express_lane" smallint not null, "status" integer not null, "error_code" text, "aborted" smallint not null, "finish_reason" text, "input_tokens" bigint not null, "cache_read_tokens" bigint not null, "cache_write_tokens" bigint not null, "cache_write_1h_tokens" bigint not null, "output_tokens" bigint not null, "reasoning_tokens" bigint not null, "usage_source" text not null, "cost_picodollars" bigint, "ttft_ms" double precision, "duration_ms" double precision not null, "attempts" text not null, "receipt" text not null, "plan" text);
CREATE INDEX "generations_created_at" on "generations" ("created_at");
CREATE TABLE "settings" ("name" text primary key, "value" text not null);
CREATE TABLE "revisions" ("name" text primary key, "value" bigint not null);

INSERT INTO migrations VALUES (0, 'first-tables'), (1, 'route-plans');
INSERT INTO revisions VALUES ('api_keys', 4);
INSERT INTO settings VALUES ('sealing_secret', 'c2VjcmV0');
INSERT INTO api_keys VALUES
  ('key_1', 'ci', '1fdb55e385d2bf5d9902fbf716ac2153f8eb0ef8e7db5d6c8c5c49d21a8c01ba', 'sk-or-v1-...abab', 1800000000000, NULL, NULL),
  ('key_2', 'gone', 'hash 2', 'sk-or-v1-...0002', 1800000000001, 1800000000009, NULL),
  ('key_3', 'short', 'hash 3', 'sk-or-v1-...0003', 1800000000002, NULL, 1900000000000);
INSERT INTO generations VALUES ('gen-1', 1800000000000, 'key_1', NULL, 'openai-chat', 'openai-chat', 'm', 'a/m', 'p', 'm', 1, 0, 200, NULL, 0, 'stop', 10, 0, 0, 0, 5, 0, 'upstream', 9007199254740993, 12.5, 99.5, '[]', '[]', NULL);
