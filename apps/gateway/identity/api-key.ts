/** An API key as stored: never the key itself, only its SHA-256. Times are Unix milliseconds. */
export interface ApiKeyRecord {
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
}

/** What identity needs from storage; storage/ implements it. */
export interface ApiKeyStore {
  insert(record: ApiKeyRecord): Promise<void>;
  list(): Promise<ApiKeyRecord[]>;
  /** @returns false if there is no such key (by id, name or label). */
  revoke(idOrName: string, at: number): Promise<boolean>;
  /** Calls back soon after any process changed the keys. @returns stop. */
  onChange(listener: () => void): () => void;
}
