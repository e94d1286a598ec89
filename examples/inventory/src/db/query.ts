import type { PGlite, Transaction } from "@electric-sql/pglite";

/** Whatever runs a statement: the database itself, or a transaction on it. */
export type Executor = PGlite | Transaction;

/** Runs a statement and returns its rows. */
export async function many<Row>(executor: Executor, text: string, params: unknown[] = []): Promise<Row[]> {
  const result = await executor.query<Row>(text, params);
  return result.rows;
}

/** Runs a statement that yields one row or none. */
export async function maybeOne<Row>(executor: Executor, text: string, params: unknown[] = []): Promise<Row | undefined> {
  const rows = await many<Row>(executor, text, params);
  return rows[0];
}
