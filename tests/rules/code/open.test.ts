import { expect, it } from "vitest";
import { DRIZZLE, ids, PG } from "./support.js";

it("is silent about builders made in a map that become one query", () => {
  const code = `${DRIZZLE}export async function run(ids: number[]) {
  const parts = ids.map((id) => db.select({ id: orders.id }).from(orders).where(eq(orders.id, id)));
  return await union(...parts);
}
`;
  expect(ids("no-n-plus-one", code)).toEqual([]);
});

it("is silent about a table that the same file creates as temporary", () => {
  const code = `${PG}export async function run() {
  await pool.query("CREATE TEMP TABLE seen (id int)");
  await pool.query("DELETE FROM seen");
}
`;
  expect(ids("require-where", code)).toEqual([]);
});
