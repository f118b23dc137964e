import type { DatabaseSync } from "node:sqlite";
import type { Database } from "../database-schema.ts";
import { readKeyRevision } from "../key-rows.ts";

/**
 * How often another process's writes are looked for, and so how long a key revoked elsewhere can still be used.
 * `PRAGMA data_version` is answered from shared memory: it costs microseconds and no disk access.
 */
export const keyPollMs = 200;

/**
 * Calls back when the keys changed, by this connection or any other, and never for other writes: data_version says that
 * another connection wrote something, the revision whether it was keys.
 *
 * @returns `check` looks at once, for own writes, which data_version does not show; `stop`.
 */
export async function watchKeyRevision(
  connection: DatabaseSync,
  db: Database,
  onChange: () => void,
): Promise<{ check(): Promise<void>; stop(): void }> {
  const statement = connection.prepare("pragma data_version");
  const dataVersion = (): unknown => statement.get()?.data_version;
  let lastDataVersion = dataVersion();
  let lastRevision = await readKeyRevision(db);

  const check = async (): Promise<void> => {
    const revision = await readKeyRevision(db);
    if (revision === lastRevision) return;
    lastRevision = revision;
    onChange();
  };
  const timer = setInterval(() => {
    const version = dataVersion();
    if (version === lastDataVersion) return;
    // On failure (a busy or broken disk) the next tick looks again, because the version is noted only after success.
    void check().then(
      () => {
        lastDataVersion = version;
      },
      () => {},
    );
  }, keyPollMs);
  return { check, stop: () => clearInterval(timer) };
}
