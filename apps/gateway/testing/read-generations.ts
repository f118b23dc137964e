import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { GenerationRow } from "../storage/database-schema.ts";

/** What the database of a gateway holds of its generations at this moment, oldest first. */
export function readGenerations(folder: string, file = "onerouter.db"): GenerationRow[] {
  const db = new DatabaseSync(join(folder, file), { readOnly: true });
  try {
    return db.prepare("select * from generations order by created_at, id").all() as unknown as GenerationRow[];
  } finally {
    db.close();
  }
}
