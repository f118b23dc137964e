import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { SqliteDatabase, SqliteStatement } from "kysely";

/** Enough for every query text the gateway has; beyond it the oldest is prepared anew. */
const maxStatements = 100;

/**
 * node:sqlite in the shape that Kysely's SqliteDialect expects. Integers are read as bigint, because a cost in
 * picodollars outgrows what a double holds exactly.
 */
export function createSqliteDatabase(connection: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    prepare(sql) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = toKyselyStatement(connection.prepare(immediately(sql)));
        if (statements.size >= maxStatements)
          for (const oldest of statements.keys()) if (statements.delete(oldest)) break;
        statements.set(sql, statement);
      }
      return statement;
    },
    close() {
      statements.clear();
      connection.close();
    },
  };
}

/**
 * Every transaction here writes. One that starts as a reader and writes later fails at once, without waiting, when
 * another process wrote in between (SQLITE_BUSY_SNAPSHOT), so the write lock is taken at the start.
 */
function immediately(sql: string): string {
  return sql === "begin" ? "begin immediate" : sql;
}

function toKyselyStatement(statement: StatementSync): SqliteStatement {
  statement.setReadBigInts(true);
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...toInputs(parameters)),
    run: (parameters) => statement.run(...toInputs(parameters)),
    iterate: (parameters) => statement.iterate(...toInputs(parameters)),
  };
}

/** node:sqlite itself refuses what is not one of its types, booleans among them. */
function toInputs(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[];
}
