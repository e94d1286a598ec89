/**
 * Our verdicts against PostgreSQL's own planner (PGlite), with sequential scans made expensive: then an index is used
 * whenever one can be. How a plan is read: an index counts when the condition on its range names its first key.
 */
import { PGlite } from "@electric-sql/pglite";
import { expect, it } from "vitest";
import { makeCase, random } from "./generate.js";
import { count, newTally, schemaOfDdl, verdictOf } from "./verdict.js";
import { postgresql } from "./vocabulary-postgresql.js";

const SEED = Number(process.env["QUERY_GUARD_SEED"] ?? 1);
const CASES = Number(process.env["QUERY_GUARD_CASES"] ?? 15);
const CONDITIONS = 20;

interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Undefined when the plan reads nothing: the condition is never true. */
function seeks(node: PlanNode, leading: ReadonlyMap<string, string>): boolean | undefined {
  const byKey = (): boolean => {
    const bare = (text: string): string => ` ${text.replace(/[()]/gu, " ").replace(/\s+/gu, " ").trim()} `;
    const key = leading.get(node["Index Name"] ?? "");
    return key !== undefined && bare(node["Index Cond"] ?? "").includes(bare(key));
  };
  const children = node.Plans ?? [];
  switch (node["Node Type"]) {
    case "Seq Scan":
      return false;
    case "Index Scan":
    case "Index Only Scan":
    case "Bitmap Index Scan":
      return byKey();
    case "BitmapOr":
      return children.every((child) => seeks(child, leading));
    case "BitmapAnd":
      return children.some((child) => seeks(child, leading));
    case "Result":
      return children[0] === undefined ? undefined : seeks(children[0], leading);
    default:
      return children[0] === undefined ? false : seeks(children[0], leading);
  }
}

it("agrees with PostgreSQL", async () => {
  const database = await PGlite.create();
  const tally = newTally();
  const next = random(SEED);
  try {
    await database.exec("SET enable_seqscan = off");
    for (let at = 0; at < CASES; at += 1) {
      const { ddl, conditions } = makeCase(next, postgresql, CONDITIONS);
      await database.exec(`DROP TABLE IF EXISTS t; ${ddl.join("; ")}`);
      const defined = await database.query<{ name: string; key: string }>("SELECT c.relname AS name, pg_get_indexdef(i.indexrelid, 1, true) AS key FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 't'::regclass");
      const leading = new Map(defined.rows.map(({ name, key }) => [name, key]));
      const schema = schemaOfDdl(ddl, "postgresql");
      for (const condition of conditions) {
        let plan: PlanNode | undefined;
        try {
          const [result] = await database.exec(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) SELECT * FROM t WHERE ${condition}`);
          const row = result?.rows[0] as { "QUERY PLAN": readonly { Plan: PlanNode }[] } | undefined;
          plan = row?.["QUERY PLAN"][0]?.Plan;
        } catch {
          // Parameters whose type cannot be told.
          continue;
        }
        const found = plan === undefined ? undefined : seeks(plan, leading);
        if (found !== undefined) count(tally, verdictOf(schema, condition, "postgresql"), found, `${ddl.slice(1).join("; ")} | ${condition}`);
      }
    }
  } finally {
    await database.close();
  }
  if (process.env["QUERY_GUARD_FIGURES"] !== undefined) process.stdout.write(`${JSON.stringify({ ...tally, unknown: Object.fromEntries(tally.unknown) }, undefined, 1)}\n`);
  expect(tally.pairs).toBeGreaterThan(CASES * CONDITIONS * 0.8);
  expect(tally.denied).toEqual([]);
  expect(tally.agree / tally.definite).toBeGreaterThan(0.98);
  expect(tally.definite / tally.pairs).toBeGreaterThan(0.7);
}, 120_000);
