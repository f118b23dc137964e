import type { Database } from "./database-schema.ts";

/** Two processes may ask at once: the insert decides who was first, the read gives both the same answer. */
export async function getOrCreateSetting(db: Database, name: string, value: string): Promise<string> {
  await db
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .execute();
  const row = await db.selectFrom("settings").select("value").where("name", "=", name).executeTakeFirstOrThrow();
  return row.value;
}
