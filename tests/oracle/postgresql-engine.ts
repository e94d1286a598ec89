/** PostgreSQL in the process (PGlite), and how its plans are read. */
import { PGlite, type PGliteInterface } from "@electric-sql/pglite";
import { citext } from "@electric-sql/pglite/contrib/citext";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import type { Asked, Oracle, Reading } from "./compare.js";
import { postgresql } from "./vocabulary-postgresql.js";

interface PlanNode {
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly PlanNode[];
  readonly "Parent Relationship"?: string;
}

interface IndexKey {
  readonly name: string;
  readonly method: string;
  readonly key: string;
  readonly made: boolean;
  readonly keys: number;
}

/**
 * An empty database with sequential scans made expensive: then an index is used wherever one can be. A merge join would
 * walk an index from end to end for its order, so joins are nested loops.
 */
export async function openPostgresql(): Promise<Oracle> {
  const database = await PGlite.create({ extensions: { citext, pg_trgm } });
  await database.exec("CREATE EXTENSION citext; CREATE EXTENSION pg_trgm; CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy'); SET enable_seqscan = off; SET enable_mergejoin = off; SET enable_hashjoin = off");
  const { rows } = await database.query<{ version: string }>("SELECT current_setting('server_version') AS version");
  return {
    name: "PostgreSQL",
    version: rows[0]?.version.split(" ")[0] ?? "",
    vocabulary: postgresql,
    readings: (ddl, asked) => readAll(database, ddl, asked),
    close: () => database.close(),
  };
}

async function readAll(database: PGliteInterface, ddl: readonly string[], asked: readonly Asked[]): Promise<readonly (Reading | undefined)[]> {
  await database.exec(`DROP TABLE IF EXISTS t, o CASCADE; ${ddl.join("; ")}`);
  const found = await database.query<IndexKey>(
    "SELECT c.relname AS name, m.amname AS method, pg_get_indexdef(i.indexrelid, 1, true) AS key, NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) AS made, i.indnkeyatts AS keys FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam WHERE i.indrelid = 't'::regclass",
  );
  const keys = new Map(found.rows.map((row) => [row.name, row]));
  const first = await plans(database, asked, keys);
  const made = found.rows.filter((row) => row.made).map((row) => row.name);
  const can = [...first];
  // With none the primary key is still there.
  for (const name of [...(made.length > 1 ? made : []), undefined]) {
    const others = made.filter((other) => other !== name);
    await database.exec(`BEGIN; DROP INDEX ${others.join(", ")}`);
    const alone = await plans(database, asked, keys, true);
    await database.exec("ROLLBACK");
    for (const [at, seeks] of alone.entries()) if (can[at] === false && seeks === true) can[at] = true;
  }
  return first.map((seeks, at) => (seeks === undefined ? undefined : { seeks, can: can[at] === true }));
}

async function plans(database: PGliteInterface, asked: readonly Asked[], keys: ReadonlyMap<string, IndexKey>, savepoints = false): Promise<(boolean | undefined)[]> {
  const answers: (boolean | undefined)[] = [];
  for (const question of asked) {
    try {
      if (savepoints) await database.exec("SAVEPOINT s");
      const [result] = await database.exec(`EXPLAIN (GENERIC_PLAN, FORMAT JSON) SELECT * FROM ${question.source} WHERE ${question.condition}`);
      const row = result?.rows[0] as { "QUERY PLAN": readonly { Plan: PlanNode }[] } | undefined;
      const plan = row?.["QUERY PLAN"][0]?.Plan;
      answers.push(plan && seeks(plan, keys));
    } catch {
      // Types that do not go together, parameters whose type cannot be told.
      answers.push(undefined);
      if (savepoints) await database.exec("ROLLBACK TO SAVEPOINT s");
    }
  }
  return answers;
}

/**
 * Does the condition bound what is read of the table? A scan of a B-tree counts when the condition on its range names the
 * first key; the other methods have no first key. Undefined when the plan reads nothing: the condition is never true.
 */
function seeks(node: PlanNode, keys: ReadonlyMap<string, IndexKey>): boolean | undefined {
  const children = (node.Plans ?? []).filter((child) => child["Parent Relationship"] !== "InitPlan" && child["Parent Relationship"] !== "SubPlan");
  switch (node["Node Type"]) {
    case "Seq Scan":
      return false;
    case "Index Scan":
    case "Index Only Scan":
    case "Bitmap Index Scan":
      return byKey(node, keys);
    case "BitmapOr":
      return children.every((child) => seeks(child, keys));
    case "BitmapAnd":
      return children.some((child) => seeks(child, keys));
    case "Bitmap Heap Scan":
    case "Result":
    case "Materialize":
    case "Sort":
    case "Unique":
      return children[0] === undefined ? undefined : seeks(children[0], keys);
    default: {
      const own = children.find((child) => reads(child, keys));
      return own !== undefined && seeks(own, keys);
    }
  }
}

/** Does this part of a join read `t`? */
function reads(node: PlanNode, keys: ReadonlyMap<string, IndexKey>): boolean {
  return node["Relation Name"] === "t" || keys.has(node["Index Name"] ?? "") || (node.Plans ?? []).some((child) => reads(child, keys));
}

function byKey(node: PlanNode, keys: ReadonlyMap<string, IndexKey>): boolean {
  const index = keys.get(node["Index Name"] ?? "");
  const condition = node["Index Cond"];
  if (index === undefined || condition === undefined) return false;
  if (index.method !== "btree" || index.keys === 1) return true;
  const bare = (text: string): string => ` ${text.replace(/::\w+(?: varying)?/gu, "").replace(/\b(?:t|o)\./gu, "").replace(/[(),]/gu, " ").replace(/\s+/gu, " ").trim()} `;
  // Of a row the first column is looked up; the others only when they follow it in the index.
  const seen = condition.replace(/ROW\(([^,]*),[^)]*\)/gu, "$1");
  return bare(seen).includes(bare(index.key));
}
