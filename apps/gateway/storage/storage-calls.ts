import type { ApiKeyRecord, KeySettings } from "../identity/api-key.ts";
import type { GenerationRecord } from "../metering/generation-record.ts";
import type { GenerationValues } from "./generation-values.ts";

/** What the relaying thread asks of the storage thread. */
export interface StorageCalls {
  insertKey(record: ApiKeyRecord): Promise<void>;
  listKeys(): Promise<ApiKeyRecord[]>;
  revokeKey(idOrName: string, at: number): Promise<boolean>;
  updateKeys(idOrName: string, settings: Partial<KeySettings>): Promise<ApiKeyRecord[]>;
  /** From now on, `keys-changed` is sent. */
  watchKeys(): Promise<void>;
  appendGenerations(rows: readonly GenerationValues[]): Promise<void>;
  findGeneration(id: string): Promise<GenerationRecord | undefined>;
  getOrCreateSetting(name: string, value: string): Promise<string>;
  close(): Promise<void>;
}

export type StorageCallName = keyof StorageCalls;

/** To the storage thread. */
export interface StorageRequest {
  id: number;
  call: StorageCallName;
  arguments: readonly unknown[];
}

/** From the storage thread. `opened` comes first, or the thread ends with an error. */
export type StorageReply =
  | { type: "opened" }
  | { type: "keys-changed" }
  | { type: "result"; id: number; value: unknown }
  | { type: "failure"; id: number; message: string; code: string | undefined };
