import { setTimeout as sleep } from "node:timers/promises";
import type { ApiKeyRecord } from "../identity/api-key.ts";
import { createKey } from "../identity/create-key.ts";
import { keyPollMs } from "../storage/sqlite/watch-key-revision.ts";
import { loadCliConfig, withStorage, type CliContext } from "./cli-context.ts";
import { CliError } from "./cli-error.ts";
import { parseExpiry } from "./parse-expiry.ts";
import { formatTable, printNotice, printResult } from "./print.ts";
import { readKeySettings, type KeySettingFlags } from "./read-key-settings.ts";

/** Two polls and a little: a running server has then surely looked, and read the keys anew. */
const untilServersHaveSeen = 2 * keyPollMs + 50;

export async function createKeyCommand(
  context: CliContext,
  options: KeySettingFlags & { name: string; expires?: string },
): Promise<void> {
  const now = Date.now();
  const name = options.name.trim();
  if (name === "") throw new CliError("usage", "--name must not be empty");
  const expiresAt = options.expires === undefined ? undefined : parseExpiry(options.expires, now);
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const settings = readKeySettings(options, context, config);
  const { key, record } = createKey(name, now, { expiresAt, ...settings });
  await withStorage(context, config, (storage) => storage.keys.insert(record));
  await sleep(untilServersHaveSeen);
  const expires = record.expiresAt === null ? {} : { expires_at: isoTime(record.expiresAt) };
  const { id, models, resume } = record;
  printResult(context, { id, name, key, ...expires, models, resume }, key);
  printNotice(context, `Key ${name} (${id}). It is shown this once; only its SHA-256 is stored.`);
}

export async function listKeysCommand(context: CliContext): Promise<void> {
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const records = await withStorage(context, config, (storage) => storage.keys.list());
  const now = Date.now();
  const rows = records.map((record) => {
    const created = isoTime(record.createdAt) ?? "";
    return [record.id, record.name, record.label, statusOf(record, now), created, ...wordsOf(record)];
  });
  const text =
    rows.length === 0
      ? "No keys yet. `onerouter keys create --name NAME` makes one."
      : formatTable([["ID", "NAME", "KEY", "STATUS", "CREATED", "RESUME", "MODELS"], ...rows]);
  printResult(
    context,
    records.map((record) => toListed(record, now)),
    text,
  );
}

/** Changes settings of a key, or of every key of a name, and leaves those alone that no flag names. */
export async function updateKeyCommand(context: CliContext, idOrName: string, flags: KeySettingFlags): Promise<void> {
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const settings = readKeySettings(flags, context, config);
  if (Object.keys(settings).length === 0) {
    throw new CliError("usage", "keys update needs --models, --all-models or --resume");
  }
  const updated = await withStorage(context, config, (storage) => storage.keys.update(idOrName, settings));
  if (updated.length === 0) {
    throw new CliError("key_not_found", `there is no key with the id or name ${idOrName} that is not revoked`);
  }
  await sleep(untilServersHaveSeen);
  const now = Date.now();
  const rows = updated.map((record) => [record.id, record.name, ...wordsOf(record)]);
  printResult(
    context,
    { updated: idOrName, keys: updated.map((record) => toListed(record, now)) },
    formatTable([["ID", "NAME", "RESUME", "MODELS"], ...rows]),
  );
}

export async function revokeKeyCommand(context: CliContext, idOrName: string): Promise<void> {
  const config = await loadCliConfig(context, { withoutCredentials: true });
  const found = await withStorage(context, config, (storage) => storage.keys.revoke(idOrName, Date.now()));
  if (!found) throw new CliError("key_not_found", `there is no key with the id or name ${idOrName}`);
  await sleep(untilServersHaveSeen);
  printResult(context, { revoked: idOrName }, `Revoked ${idOrName}.`);
}

/** What may be shown of a key: everything but its hash. */
function toListed(record: ApiKeyRecord, now: number): Record<string, unknown> {
  return {
    id: record.id,
    name: record.name,
    label: record.label,
    status: statusOf(record, now),
    created_at: isoTime(record.createdAt),
    revoked_at: isoTime(record.revokedAt),
    expires_at: isoTime(record.expiresAt),
    models: record.models,
    resume: record.resume,
  };
}

/** Resume and models, for a person. */
function wordsOf({ resume, models }: ApiKeyRecord): [string, string] {
  return [resume === null ? "-" : resume ? "on" : "off", models === null ? "all" : models.join(", ")];
}

function statusOf({ revokedAt, expiresAt }: ApiKeyRecord, now: number): "active" | "revoked" | "expired" {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && expiresAt <= now ? "expired" : "active";
}

function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
