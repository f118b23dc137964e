import type { ApiKeyStore } from "../identity/api-key.ts";
import type { GenerationStore } from "../metering/generation-record.ts";

/** Small secrets and choices that one gateway makes once and every process on the same database shares. */
export interface SettingStore {
  /** Stores `value` unless the name has one already. @returns what is stored, the same for every caller. */
  getOrCreate(name: string, value: string): Promise<string>;
}

/** Everything that outlives the process. Each method rejects with a StorageError. */
export interface Storage {
  keys: ApiKeyStore;
  generations: GenerationStore;
  settings: SettingStore;
  /** Finishes what was asked for, then lets go of the database. */
  close(): Promise<void>;
}

/** The database refused, or cannot be reached. `message` holds no row of it. */
export class StorageError extends Error {
  override readonly name = "StorageError";
  /** The driver's own code, `ERR_SQLITE_ERROR` for example. */
  readonly code: string | undefined;
  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}
