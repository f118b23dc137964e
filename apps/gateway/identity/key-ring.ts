import { createAllowedModels } from "./allowed-models.ts";
import type { ApiKeyRecord, ApiKeyStore, Principal } from "./api-key.ts";
import { hashKey } from "./create-key.ts";

/** All valid keys in memory: authentication asks no database. */
export interface KeyRing {
  /** @returns undefined for a missing, unknown, revoked or expired key. */
  authenticate(presented: string | undefined): Principal | undefined;
  /** Stops following the store. */
  close(): void;
}

interface Entry {
  principal: Principal;
  expiresAt: number;
}

/** Longer than any key of ours; nothing longer is worth hashing. */
const maxKeyLength = 256;
const retryMs = 1000;

/**
 * Loads the keys and follows their changes. When a reload fails, the keys known stay valid and it is tried again.
 *
 * @param now Unix milliseconds.
 */
export async function createKeyRing(store: ApiKeyStore, now: () => number = Date.now): Promise<KeyRing> {
  let entries: ReadonlyMap<string, Entry> = new Map();
  let reloads = Promise.resolve();
  let retry: NodeJS.Timeout | undefined;
  let closed = false;

  const load = async (): Promise<void> => {
    entries = indexByHash(await store.list());
  };
  const reload = (): void => {
    clearTimeout(retry);
    // One after the other, so that an older list never replaces a newer one.
    reloads = reloads.then(load).catch(() => {
      if (!closed) retry = setTimeout(reload, retryMs).unref();
    });
  };
  // Followed before the first load: a change in between is then seen, at worst twice.
  const stop = store.onChange(reload);
  try {
    await load();
  } catch (error) {
    stop();
    throw error;
  }
  return {
    authenticate(presented) {
      if (presented === undefined || presented === "" || presented.length > maxKeyLength) return undefined;
      // A look-up by digest gives no timing away: who cannot invert SHA-256 cannot choose digests close to a stored one.
      const entry = entries.get(hashKey(presented));
      return entry !== undefined && entry.expiresAt > now() ? entry.principal : undefined;
    },
    close() {
      closed = true;
      clearTimeout(retry);
      stop();
    },
  };
}

function indexByHash(records: readonly ApiKeyRecord[]): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const record of records) {
    if (record.revokedAt !== null) continue;
    const expiresAt = record.expiresAt ?? Number.POSITIVE_INFINITY;
    entries.set(record.hash, { principal: toPrincipal(record), expiresAt });
  }
  return entries;
}

function toPrincipal({ id, name, models, resume }: ApiKeyRecord): Principal {
  return {
    keyId: id,
    keyName: name,
    models: models === null ? undefined : createAllowedModels(models),
    resume: resume ?? undefined,
  };
}
