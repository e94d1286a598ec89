/**
 * Which indexes give an order, against three planners. Each planner is made to avoid sorting wherever it can: PostgreSQL
 * by its settings, SQLite and MariaDB by naming every index in turn.
 */
import { PGlite } from "@electric-sql/pglite";
import { createConnection } from "mysql2/promise";
import { describe, expect, it } from "vitest";
import { orderPath, type OrderPath } from "../../src/indexes/order.js";
import type { SchemaModel } from "../../src/schema/model.js";
import { readSql } from "../../src/sql/index.js";
import { describeWith, MARIADB } from "../servers.js";
import { drawBy, random, type OracleDialect } from "./generate.js";
import { openSqlite } from "./sqlite-engine.js";
import { schemaOfDdl } from "./verdict.js";
import { makeOrder, ORDERS } from "./vocabulary-order.js";

const SEED = Number(process.env["QUERY_GUARD_SEED"] ?? 1);
const CASES = Number(process.env["QUERY_GUARD_CASES"] ?? 15);
const ORDERS_EACH = 20;

/** The whole order comes from an index, its beginning does, or all is sorted. */
type Delivered = "all" | "prefix" | "nothing";

interface Engine {
  readonly create: (ddl: readonly string[]) => Promise<void> | void;
  /** The best that any plan does; undefined when the statement reads no table. */
  readonly deliver: (filter: string, order: string, indexes: readonly string[]) => Promise<Delivered | undefined>;
}

interface Tally {
  pairs: number;
  definite: number;
  agree: number;
  /** We say that all is sorted; an index gives the order. */
  readonly denied: string[];
  readonly promised: string[];
  readonly unknown: Map<string, number>;
}

function pathOf(schema: SchemaModel, filter: string, order: string, dialect: OracleDialect): OrderPath | undefined {
  const reading = readSql({ text: `SELECT * FROM t WHERE ${filter} ORDER BY ${order} LIMIT 5`, holes: [] }, { dialect });
  const table = schema.table("t");
  if ("opaque" in reading || table === undefined) return undefined;
  const [statement] = reading.statements;
  return statement === undefined ? undefined : orderPath({ table, predicate: statement.where, order: statement.orderBy, dialect, alias: "t", alone: true, ...(dialect === "mariadb" ? { version: "10.11" } : {}) });
}

/** Is the first column of the order the same in all rows? Planners then speak of a prefix that is nothing. */
function beginsFixed(filter: string, order: string): boolean {
  const [column] = order.split(/[ ,]/u);
  return new RegExp(`\\b${column ?? ""} (?:=|IS|<=>|IN \\(1\\))`, "u").test(filter);
}

function count(tally: Tally, path: OrderPath | undefined, delivered: Delivered, what: string, isFixed: boolean): void {
  // At most one row: what a planner does with it says nothing.
  if (path?.reason === "one-row") return;
  tally.pairs += 1;
  if (path === undefined || (path.verdict === "unknown" && path.reason !== "prefix-order")) {
    const reason = path?.reason ?? "unread";
    tally.unknown.set(reason, (tally.unknown.get(reason) ?? 0) + 1);
    return;
  }
  tally.definite += 1;
  const told = `${what} [${path.verdict} ${path.reason}, ${delivered}]`;
  // Groups of one row each are sorted by nobody, though PostgreSQL plans it.
  const expected: readonly Delivered[] = path.reason === "unique-prefix" ? ["all", "prefix"] : path.verdict === "usable" ? ["all"] : path.verdict === "unknown" ? ["prefix"] : isFixed ? ["nothing", "prefix"] : ["nothing"];
  if (expected.includes(delivered)) tally.agree += 1;
  else if (path.verdict === "usable") tally.promised.push(told);
  else tally.denied.push(told);
}

async function compare(dialect: OracleDialect, engine: Engine): Promise<void> {
  const vocabulary = ORDERS[dialect];
  const tally: Tally = { pairs: 0, definite: 0, agree: 0, denied: [], promised: [], unknown: new Map() };
  const draw = drawBy(random(SEED), () => "?");
  for (let at = 0; at < CASES; at += 1) {
    const indexes = draw.some(vocabulary.indexes, 1 + Math.floor(draw.next() * 2)).map((definition, position) => ({ name: `i${String(position)}`, definition }));
    const ddl = [...vocabulary.tables, ...indexes.map(({ name, definition }) => `CREATE INDEX ${name} ON t ${definition}`)];
    await engine.create(ddl);
    const schema = schemaOfDdl(ddl, dialect);
    for (let round = 0; round < ORDERS_EACH; round += 1) {
      const filter = draw.pick(vocabulary.filters)(draw);
      const order = makeOrder(draw, vocabulary);
      const delivered = await engine.deliver(filter, order, indexes.map(({ name }) => name));
      if (delivered !== undefined) count(tally, pathOf(schema, filter, order, dialect), delivered, `${ddl.slice(1).join("; ")} | ${filter} ORDER BY ${order}`, beginsFixed(filter, order));
    }
  }
  if (process.env["QUERY_GUARD_FIGURES"] !== undefined) process.stdout.write(`${JSON.stringify({ ...tally, unknown: Object.fromEntries(tally.unknown) }, undefined, 1)}\n`);
  expect(tally.pairs).toBeGreaterThan(CASES * ORDERS_EACH * 0.7);
  expect(tally.denied).toEqual([]);
  expect(tally.agree / tally.definite).toBeGreaterThan(0.98);
  expect(tally.definite / tally.pairs).toBeGreaterThan(0.85);
}

const RANK: readonly Delivered[] = ["nothing", "prefix", "all"];

function better(left: Delivered | undefined, right: Delivered | undefined): Delivered | undefined {
  return left === undefined || (right !== undefined && RANK.indexOf(right) > RANK.indexOf(left)) ? right : left;
}

describe("the order of an index", () => {
  it("agrees with SQLite", async () => {
    const sqlite = await openSqlite();
    try {
      await compare("sqlite", {
        create: (ddl) => {
          sqlite.run(`DROP TABLE IF EXISTS t; ${ddl.join("; ")}`);
        },
        deliver: (filter, order, indexes) => {
          let best: Delivered | undefined;
          for (const hint of ["", "NOT INDEXED", ...indexes.map((name) => `INDEXED BY ${name}`)]) {
            const plan = sqlite.plan(`SELECT * FROM t ${hint} WHERE ${filter} ORDER BY ${order} LIMIT 5`);
            const sorts = plan?.find((line) => line.startsWith("USE TEMP B-TREE"));
            if (plan !== undefined) best = better(best, sorts === undefined ? "all" : sorts === "USE TEMP B-TREE FOR ORDER BY" ? "nothing" : "prefix");
          }
          return Promise.resolve(best);
        },
      });
    } finally {
      sqlite.close();
    }
  }, 120_000);

  it("agrees with PostgreSQL", async () => {
    const database = await PGlite.create();
    try {
      await database.exec("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off");
      await compare("postgresql", {
        create: async (ddl) => {
          await database.exec(`DROP TABLE IF EXISTS t; ${ddl.join("; ")}`);
        },
        deliver: async (filter, order) => {
          let delivered: Delivered = "nothing";
          for (const incremental of ["on", "off"]) {
            const results = await database.exec(`SET enable_incremental_sort = ${incremental}; EXPLAIN (COSTS OFF) SELECT * FROM t WHERE ${filter} ORDER BY ${order} LIMIT 5`);
            const plan = results.at(-1)?.rows.map((row) => JSON.stringify(row)).join("\n") ?? "";
            if (!/Scan/u.test(plan)) return undefined;
            if (!/Sort/u.test(plan)) delivered = "all";
            else if (/Incremental Sort/u.test(plan)) delivered = "prefix";
          }
          return delivered;
        },
      });
    } finally {
      await database.close();
    }
  }, 120_000);
});

await describeWith(MARIADB, "the order of an index in MariaDB", () => {
  it("agrees with MariaDB", async () => {
    const connection = await createConnection({ uri: MARIADB.url });
    const name = `query_guard_order_${Math.random().toString(36).slice(2, 10)}`;
    try {
      await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
      await connection.query(`USE ${name}`);
      const rows = Array.from({ length: 1500 }, (_, id) => `(${[id, id % 97, (id * 7) % 89, (id * 11) % 83, (id * 13) % 79, `'${String.fromCharCode(97 + (id % 26))}${String(id)}'`, id % 2].join(", ")})`);
      await compare("mariadb", {
        create: async (ddl) => {
          await connection.query("DROP TABLE IF EXISTS t");
          for (const statement of ddl) await connection.query(statement);
          await connection.query(`INSERT INTO t VALUES ${rows.join(", ")}`);
          await connection.query("ANALYZE TABLE t");
        },
        deliver: async (filter, order, indexes) => {
          let best: Delivered | undefined;
          for (const hint of ["", "FORCE INDEX (PRIMARY)", ...indexes.map((index) => `FORCE INDEX (${index})`)]) {
            const [result] = await connection.query(`EXPLAIN SELECT * FROM t ${hint} WHERE ${filter} ORDER BY ${order} LIMIT 5`);
            const [row] = Array.isArray(result) ? result : [];
            const extra = row !== undefined && "Extra" in row ? String(row.Extra) : "";
            if (!/impossible|no matching/iu.test(extra)) best = better(best, /filesort/u.test(extra) ? "nothing" : "all");
          }
          return best;
        },
      });
    } finally {
      await connection.query(`DROP DATABASE IF EXISTS ${name}`);
      await connection.end();
    }
  }, 120_000);
});
