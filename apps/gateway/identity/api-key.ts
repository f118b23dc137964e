import type { AllowedModels } from "./allowed-models.ts";

/** What may be set for each key; null: nothing is. */
export interface KeySettings {
  /** The only models it may ask for: ids, aliases, and patterns of ids with `*`. */
  models: readonly string[] | null;
  /** Whether a streamed answer goes on elsewhere when its upstream dies; goes before the configuration. */
  resume: boolean | null;
}

/** An API key as stored: never the key itself, only its SHA-256. Times are Unix milliseconds. */
export interface ApiKeyRecord extends KeySettings {
  id: string;
  name: string;
  /** Hex SHA-256 of the whole key text. */
  hash: string;
  /** What a person may see of it: prefix and last four characters. */
  label: string;
  createdAt: number;
  revokedAt: number | null;
  expiresAt: number | null;
}

/** Who is asking. */
export interface Principal {
  keyId: string;
  keyName: string;
  /** Undefined: all. */
  models: AllowedModels | undefined;
  /** Undefined: as the configuration says. */
  resume: boolean | undefined;
}

/** What identity needs from storage; storage/ implements it. */
export interface ApiKeyStore {
  insert(record: ApiKeyRecord): Promise<void>;
  list(): Promise<ApiKeyRecord[]>;
  /** @returns false if there is no such key (by id, name or label). */
  revoke(idOrName: string, at: number): Promise<boolean>;
  /**
   * Changes what is given, for keys that are not revoked: the one of that id, else all of that name or label.
   * @returns those keys as they are now
   */
  update(idOrName: string, settings: Partial<KeySettings>): Promise<ApiKeyRecord[]>;
  /** Calls back soon after any process changed the keys. @returns stop. */
  onChange(listener: () => void): () => void;
}
