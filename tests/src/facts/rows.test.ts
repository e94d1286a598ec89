/** Filters, row bounds and write scopes: of predicates made by hand, and of SQL. */
import { beforeAll, describe, expect, it } from "vitest";
import { boundOf } from "../../../src/facts/bound.js";
import { restrictionOf } from "../../../src/facts/filter.js";
import { droppedConditionsOf, writeScopeOf } from "../../../src/facts/writes.js";
import { query, NO_FILTER, statement } from "../../../src/query/build.js";
import type { ColumnRef, Operand, Predicate, Query, Span, Statement } from "../../../src/query/model.js";
import type { Index, Table } from "../../../src/schema/model.js";
import { readSql } from "../../../src/sql/index.js";

const AT: Span = { start: 0, end: 1 };
const provenance = { file: "schema.sql", line: 1, kind: "sql" } as const;
const column = (name: string, more: Partial<ColumnRef> = {}): ColumnRef => ({ name, span: AT, wrappers: [], ...more });
const VALUE: Operand = { kind: "parameter" };
const literal = (value: string | number | boolean): Operand => ({ kind: "literal", value });
const eq = (name: string, operand: Operand = VALUE, more: Partial<ColumnRef> = {}): Predicate => ({ op: "compare", column: column(name, more), operator: "=", operand, span: AT });
const than = (name: string, operator: "<" | ">=" | "<>", operand: Operand = VALUE): Predicate => ({ op: "compare", column: column(name), operator, operand, span: AT });
const among = (name: string, negated = false): Predicate => ({ op: "in", column: column(name), negated, values: { kind: "array", operand: VALUE }, span: AT });
const listed = (name: string, ...values: readonly (string | number)[]): Predicate => ({ op: "in", column: column(name), negated: false, values: { kind: "list", operands: values.map(literal) }, span: AT });
const all = (...items: readonly Predicate[]): Predicate => ({ op: "and", items });
const any = (...items: readonly Predicate[]): Predicate => ({ op: "or", items });
const one = (...items: readonly Predicate[]): Predicate => ({ op: "or", items, choice: true });
const not = (item: Predicate): Predicate => ({ op: "not", item });
const maybe = (item: Predicate, droppable: "yes" | "no" | "unknown" = "yes", cause: "condition" | "undefined" = "condition"): Predicate => ({ op: "optional", item, cause, droppable, span: AT });
const hidden = (restricts: "yes" | "no" | "unknown"): Predicate => ({ op: "opaque", restricts, reason: "x" });
const isNull = (name: string): Predicate => ({ op: "null", column: column(name), negated: false, span: AT });

const index = (kind: Index["kind"], columns: readonly string[], more: Partial<Index> = {}): Index => ({ kind, method: "btree", parts: columns.map((name) => ({ column: name })), include: [], provenance, ...more });
const table = (name: string, columns: readonly string[], indexes: readonly Index[], more: Partial<Table> = {}): Table => ({ name, columns: columns.map((item) => ({ name: item, nullable: "no", provenance })), indexes, foreignKeys: [], relations: [], provenance, ...more });
const ORDERS = table("orders", ["id", "tenant_id", "number", "status", "code", "owner", "email", "total"], [index("primary", ["id"]), index("unique", ["tenant_id", "number"]), index("unique", ["code"], { where: "status = 'open'" }), index("index", ["status"])], {
  foreignKeys: [{ columns: ["owner"], referencedTable: "users", referencedColumns: ["id"], provenance }],
});
const LINES = table("lines", ["order_id", "position", "note"], [index("primary", ["order_id", "position"])]);
const SMALL = table("countries", ["id", "name"], [index("primary", ["id"])], { rows: 200 });
const TABLES = new Map([ORDERS, LINES, SMALL].map((item) => [item.name, item]));

describe("how strongly a filter restricts", () => {
  it.each<readonly [Predicate, string, string]>([
    // Without a schema, with one.
    [NO_FILTER, "none", "none"],
    [{ op: "constant", value: true, written: true }, "none", "none"],
    [{ op: "constant", value: false, written: true }, "one", "one"],
    [eq("id"), "one", "one"],
    [eq("id", literal(5)), "one", "one"],
    [eq("email"), "filter", "filter"],
    // What the program chooses from: the weakest.
    [one(eq("id"), eq("id", literal(5))), "one", "one"],
    [any(eq("id"), eq("id", literal(5))), "list", "list"],
    [one(eq("id"), eq("tenant_id")), "scope", "scope"],
    [eq("status", literal("open")), "flags", "flags"],
    [eq("status", { kind: "parameter", constant: true }), "flags", "flags"],
    [eq("active", { kind: "parameter", type: "boolean" }), "flags", "flags"],
    [eq("tenant_id"), "scope", "scope"],
    [eq("customerId"), "scope", "scope"],
    [eq("owner"), "filter", "scope"],
    [eq("total", { kind: "column", column: column("code") }), "flags", "flags"],
    [eq("id", { kind: "column", column: column("other") }), "filter", "filter"],
    [eq("id", VALUE, { wrappers: [{ kind: "function", name: "abs", text: "abs(id)" }] }), "filter", "filter"],
    [eq("code"), "filter", "filter"],
    [than("total", ">="), "filter", "filter"],
    [than("total", "<", literal(0)), "flags", "flags"],
    [than("status", "<>"), "flags", "flags"],
    [among("id"), "list", "list"],
    [among("status"), "list", "list"],
    [among("id", true), "flags", "flags"],
    [listed("status", "a", "b"), "flags", "flags"],
    [listed("id", 1, 2), "list", "list"],
    [isNull("deleted_at"), "flags", "flags"],
    [{ op: "boolean", column: column("active"), value: true, form: "bare", span: AT }, "flags", "flags"],
    [{ op: "like", column: column("email"), negated: false, insensitive: false, pattern: VALUE, span: AT }, "filter", "filter"],
    [{ op: "between", column: column("total"), negated: false, low: VALUE, high: VALUE, span: AT }, "filter", "filter"],
    [{ op: "exists", negated: false, span: AT }, "filter", "filter"],
    // Together.
    [all(eq("status", literal("open")), isNull("deleted_at")), "flags", "flags"],
    [all(eq("tenant_id"), eq("status", literal("open"))), "scope", "scope"],
    [all(eq("tenant_id"), eq("number")), "filter", "one"],
    [all(eq("number"), eq("tenant_id"), isNull("x")), "filter", "one"],
    [all(eq("tenant_id"), among("number")), "list", "list"],
    [all(eq("id"), eq("tenant_id")), "one", "one"],
    [any(eq("id"), eq("email")), "filter", "filter"],
    [any(eq("id"), eq("id")), "list", "list"],
    [any(eq("id")), "one", "one"],
    [any(eq("status", literal("a")), eq("id")), "flags", "flags"],
    [any(), "none", "none"],
    [not(eq("id")), "flags", "flags"],
    [not(eq("email")), "filter", "filter"],
    [not(NO_FILTER), "none", "none"],
    [not(not(eq("id"))), "one", "one"],
    [maybe(eq("email")), "none", "none"],
    [maybe(eq("email"), "no"), "filter", "filter"],
    [maybe(eq("email"), "unknown"), "none open", "none open"],
    [all(maybe(eq("email")), eq("tenant_id")), "scope", "scope"],
    [hidden("yes"), "filter", "filter"],
    [hidden("unknown"), "none open", "none open"],
    [hidden("no"), "none", "none"],
    [all(hidden("unknown"), eq("id")), "one open", "one open"],
    [any(hidden("unknown"), eq("id")), "none open", "none open"],
    [not(hidden("unknown")), "none open", "none open"],
    [{ op: "relation", relation: "owner", item: eq("id"), span: AT }, "scope", "scope"],
    [{ op: "relation", relation: "owner", item: eq("email"), span: AT }, "filter", "filter"],
  ])("%j", (predicate, without, within) => {
    const shown = (known: Table | undefined): string => {
      const { level, open } = restrictionOf(predicate, known);
      return open ? `${level} open` : level;
    };
    expect([shown(undefined), shown(ORDERS)]).toEqual([without, within]);
  });

  it("names the columns of a scope and of flags", () => {
    expect(restrictionOf(all(eq("tenant_id"), eq("owner"), isNull("x")), ORDERS)).toMatchObject({ level: "scope", scopeColumns: ["tenant_id", "owner"], flagColumns: ["x"] });
  });

  it("knows composite primary keys", () => {
    expect(restrictionOf(all(eq("order_id"), eq("position")), LINES).level).toBe("one");
    expect(restrictionOf(eq("order_id"), LINES).level).toBe("scope");
  });
});

const context = { table: (ref: { name: string }) => TABLES.get(ref.name), isSmall: (ref: { name: string }) => ref.name === "countries", isTemporary: (ref: { name: string }) => ref.name === "scratch" };

function made(from: Statement, given: Partial<Query> = {}): Query {
  return query(from, { library: "pg", site: { library: "pg", node: { type: "CallExpression", range: [0, 1] }, range: [0, 1], file: "a.ts", evidence: "origin", name: "query" }, dialect: "postgresql", ...given });
}

function sql(text: string, given: Partial<Query> = {}): Query {
  const reading = readSql({ text, holes: [] }, { dialect: "postgresql" });
  const [first] = "statements" in reading ? reading.statements : [];
  if (!first) throw new Error(`not read: ${text}`);
  return made(first, given);
}

function bound(text: string, given?: Partial<Query>): string {
  const found = boundOf(sql(text, given), context);
  const detail = "why" in found ? found.why : "columns" in found ? found.columns.join() : "rows" in found ? String(found.rows) : "";
  return `${found.kind} ${detail}`.trim();
}

describe("how many rows come back", () => {
  beforeAll(() => {
    // The parser is loaded once.
    sql("SELECT 1");
  });

  it.each([
    ["SELECT * FROM orders", "whole no-filter"],
    ["SELECT * FROM orders WHERE 1 = 1", "whole no-filter"],
    ["SELECT * FROM orders WHERE status = 'open'", "whole flags-only"],
    ["SELECT * FROM orders WHERE deleted_at IS NULL ORDER BY id", "whole flags-only"],
    ["SELECT * FROM orders OFFSET 10", "whole offset-without-limit"],
    ["SELECT * FROM orders WHERE email = $1 OFFSET 10", "whole offset-without-limit"],
    ["SELECT * FROM orders OFFSET 0", "whole no-filter"],
    ["SELECT * FROM orders LIMIT 5", "limited 5"],
    ["SELECT * FROM orders LIMIT $1", "limited"],
    ["SELECT * FROM orders FETCH FIRST 5 ROWS ONLY", "limited 5"],
    ["SELECT * FROM orders LIMIT ALL", "whole no-filter"],
    ["SELECT * FROM orders LIMIT NULL", "whole no-filter"],
    ["SELECT * FROM orders LIMIT 5 OFFSET 10", "limited 5"],
    ["SELECT * FROM orders WHERE id = $1", "one"],
    ["SELECT * FROM orders WHERE tenant_id = $1 AND number = $2", "one"],
    ["SELECT * FROM orders WHERE tenant_id = $1", "scoped tenant_id"],
    ["SELECT * FROM orders WHERE tenant_id = $1 AND status = 'open'", "scoped tenant_id"],
    ["SELECT * FROM orders WHERE email = $1", "filtered"],
    ["SELECT * FROM orders WHERE id = ANY($1)", "keyList"],
    ["SELECT * FROM orders WHERE id IN ($1, $2)", "keyList"],
    ["SELECT * FROM orders WHERE id = $1 OR email = $2", "filtered"],
    ["SELECT * FROM orders WHERE id = $1 OR true", "whole no-filter"],
    ["SELECT * FROM countries", "smallTable"],
    ["SELECT * FROM countries JOIN orders ON orders.id = countries.id", "whole no-filter"],
    ["SELECT count(*) FROM orders", "one"],
    ["SELECT max(id), count(*) FROM orders WHERE status = 'x'", "one"],
    ["SELECT status, count(*) FROM orders GROUP BY status", "unknown one row comes back for each group"],
    ["SELECT DISTINCT status FROM orders", "unknown only distinct values come back"],
    ["SELECT EXISTS (SELECT 1 FROM orders)", "none"],
    ["SELECT 1", "none"],
    ["SELECT now()", "none"],
    ["SELECT * FROM generate_series(1, 10)", "none"],
    ["SELECT * FROM unnest($1::int[]) AS t(id)", "none"],
    ["SELECT o.* FROM unnest($1::int[]) AS t(id) JOIN orders o ON o.id = t.id", "unknown it joins a list of values"],
    ["SELECT * FROM information_schema.tables", "none"],
    ["SELECT * FROM pg_stat_activity", "none"],
    ["SELECT * FROM orders JOIN lines ON lines.order_id = orders.id", "whole no-filter"],
    ["SELECT * FROM orders JOIN lines ON lines.order_id = orders.id WHERE orders.id = $1", "filtered"],
    ["SELECT * FROM (SELECT * FROM orders) AS o", "whole no-filter"],
    ["SELECT * FROM (SELECT * FROM orders LIMIT 5) AS o", "limited 5"],
    ["SELECT count(*) FROM (SELECT * FROM orders) AS o", "one"],
    ["SELECT * FROM (SELECT * FROM orders) AS o WHERE o.id = $1", "filtered"],
    ["SELECT * FROM (SELECT * FROM orders) AS o WHERE o.status = 'x'", "whole no-filter"],
    ["SELECT * FROM (SELECT * FROM orders WHERE id = $1) AS o WHERE o.status = 'x'", "one"],
    ["SELECT * FROM (SELECT * FROM orders) AS o LIMIT 5", "limited 5"],
    ["WITH recent AS (SELECT * FROM orders) SELECT * FROM recent", "unknown it reads from another query"],
    ["SELECT * FROM orders UNION ALL SELECT * FROM orders WHERE id = $1", "whole no-filter"],
    ["SELECT * FROM orders WHERE id = $1 UNION SELECT * FROM orders WHERE id = $2", "one"],
    ["(SELECT * FROM orders) UNION ALL (SELECT * FROM orders) LIMIT 5", "limited 5"],
    ["SELECT * FROM orders WHERE id IN (SELECT order_id FROM lines)", "filtered"],
    ["SELECT * FROM orders WHERE total BETWEEN $1 AND $2", "filtered"],
    ["SELECT * FROM orders WHERE total >= 5 AND total < 6", "filtered"],
    ["VALUES (1), (2)", "none"],
    ["INSERT INTO orders (id) VALUES (1) RETURNING *", "none"],
    ["UPDATE orders SET status = 'x'", "none"],
  ])("%s → %s", (text, expected) => {
    expect(bound(text)).toBe(expected);
  });

  it.each<readonly [Partial<Query>, string]>([
    [{ delivery: "one" }, "one"],
    [{ delivery: "scalar" }, "one"],
    [{ delivery: "stream" }, "limited"],
    [{ delivery: "one-unlimited" }, "whole no-filter"],
    [{ byUniqueKey: true }, "one"],
    [{ sending: "built" }, "none"],
    [{ sending: "fragment" }, "none"],
    [{ sending: "unknown" }, "unknown the builder may be completed elsewhere"],
    [{ certainty: "tokens" }, "unknown the statement was only skimmed"],
    [{ limit: { kind: "parameter", undefinable: { answer: "yes", why: "x" } } }, "whole limit-may-be-undefined"],
    [{ limit: { kind: "parameter", undefinable: { answer: "unknown" } } }, "limited"],
    [{ limit: { kind: "maybe", why: "x", proved: "yes" } }, "whole limit-may-be-undefined"],
    [{ limit: { kind: "maybe", why: "x", proved: "unknown" } }, "unknown a limit may be added"],
    [{ limit: { kind: "maybe", why: "x", proved: "yes" }, where: eq("email") }, "filtered"],
    [{ where: maybe(eq("email")) }, "whole optional-filter"],
    [{ where: all(maybe(eq("email")), isNull("x")) }, "whole flags-only"],
    [{ where: any(eq("tenant_id"), isNull("tenant_id")) }, "scoped tenant_id"],
    [{ where: any(eq("tenant_id"), isNull("owner")) }, "whole flags-only"],
    [{ distinctAfterRead: true }, "whole distinct-after-read"],
    [{ distinctAfterRead: true, where: isNull("x") }, "whole distinct-after-read"],
    [{ distinctAfterRead: true, where: eq("tenant_id") }, "scoped tenant_id"],
    [{ delivery: "one-unlimited", where: eq("tenant_id") }, "scoped tenant_id"],
    [{ delivery: "one-unlimited", asksForOne: true, where: eq("tenant_id") }, "unknown one row is asked for by a key"],
    [{ delivery: "one-unlimited", asksForOne: true }, "whole no-filter"],
    [{ where: { op: "relation", relation: "buyer", item: eq("id"), span: AT } }, "scoped buyer"],
    [{ where: { op: "relation", relation: "buyer", item: among("id"), span: AT } }, "keyList"],
    [{ where: all(maybe(eq("email")), eq("tenant_id")) }, "scoped tenant_id"],
    [{ where: all(hidden("unknown"), isNull("x")) }, "unknown a part of the filter could not be read"],
    [{ where: all(hidden("unknown"), eq("email")) }, "filtered"],
  ])("of every order, %j → %s", (given, expected) => {
    expect(bound("SELECT * FROM orders", given)).toBe(expected);
  });
});

describe("which rows a write hits", () => {
  const scope = (of: Query): string => {
    const found = writeScopeOf(of, context);
    return `${found.kind} ${"why" in found ? found.why : ""}`.trim();
  };

  it.each([
    ["DELETE FROM orders", "all no-where"],
    ["UPDATE orders SET status = 'x'", "all no-where"],
    ["DELETE FROM orders WHERE true", "all always-true"],
    ["DELETE FROM orders WHERE 1 = 1", "all always-true"],
    ["DELETE FROM orders WHERE id = id", "all always-true"],
    ["DELETE FROM orders WHERE id = $1 OR true", "all always-true"],
    ["DELETE FROM orders WHERE 1 = 1 AND id = $1", "filtered"],
    ["DELETE FROM orders WHERE false", "filtered"],
    ["DELETE FROM orders WHERE id = $1", "filtered"],
    ["DELETE FROM orders WHERE status = 'x'", "filtered"],
    ["UPDATE orders SET status = 'x' FROM lines WHERE lines.order_id = orders.id", "filtered"],
    ["UPDATE orders SET status = 'x' FROM lines", "unknown a join restricts the rows"],
    ["DELETE FROM orders USING lines", "unknown a join restricts the rows"],
    ["DELETE FROM scratch", "deliberate temporary"],
    ["TRUNCATE orders", "deliberate truncate"],
    ["SELECT * FROM orders", "filtered"],
    ["INSERT INTO orders (id) VALUES (1)", "filtered"],
  ])("%s → %s", (text, expected) => {
    expect(scope(sql(text))).toBe(expected);
  });

  it.each<readonly [Partial<Query>, string]>([
    [{ where: { op: "constant", value: true, written: false, span: AT } }, "all empty-where"],
    [{ where: maybe(eq("id")) }, "all optional-where"],
    [{ where: maybe(eq("id"), "yes", "undefined") }, "filtered"],
    [{ where: all(maybe(eq("id")), maybe(eq("email"))) }, "all optional-where"],
    [{ where: all(maybe(eq("id")), eq("email")) }, "filtered"],
    [{ where: hidden("unknown") }, "unknown a part of the filter could not be read"],
    [{ where: hidden("yes") }, "filtered"],
    [{ where: not({ op: "constant", value: false, written: true }) }, "all always-true"],
    [{ limit: { kind: "number", value: 10 } }, "filtered"],
    [{ limit: { kind: "maybe", why: "x", proved: "yes" } }, "unknown a limit may be added"],
    [{ byUniqueKey: true }, "filtered"],
    [{ wholeTableByName: true }, "deliberate named"],
    [{ temporary: true }, "deliberate temporary"],
    [{ sending: "built" }, "filtered"],
    [{ sending: "unknown" }, "unknown the builder may be completed elsewhere"],
    [{ certainty: "tokens" }, "unknown the statement was only skimmed"],
    [{ target: { name: "t", alias: "t", dynamic: true, span: AT } }, "unknown the table is chosen at run time"],
  ])("every order, %j → %s", (given, expected) => {
    expect(scope(sql("DELETE FROM orders", given))).toBe(expected);
  });
});

describe("conditions that the library drops", () => {
  const dropped = (where: Predicate, more: Partial<Query> = {}): readonly string[] =>
    droppedConditionsOf(made(statement("select", AT, { where, sources: [{ kind: "table", table: { name: "orders", alias: "orders", span: AT } }] }), more), context).map((item) => `${item.column.name} ${item.leavesAll}`);
  const gone = (name: string): Predicate => maybe(eq(name), "yes", "undefined");

  it.each<readonly [Predicate, readonly string[]]>([
    [gone("id"), ["id yes"]],
    [all(gone("id"), gone("email")), ["id yes", "email yes"]],
    [all(gone("id"), eq("email")), ["id no"]],
    [all(gone("id"), isNull("x")), ["id no"]],
    [all(gone("id"), hidden("unknown")), ["id unknown"]],
    [any(gone("id"), eq("email")), ["id yes"]],
    [not(gone("id")), ["id yes"]],
    [maybe(eq("id"), "unknown", "undefined"), []],
    [maybe(eq("id")), []],
    [{ op: "relation", relation: "owner", item: gone("id"), span: AT }, ["id yes"]],
    [eq("id"), []],
  ])("%j → %j", (where, expected) => {
    expect(dropped(where)).toEqual(expected);
  });

  it("are nothing where nothing is sent", () => {
    expect(dropped(gone("id"), { sending: "built" })).toEqual([]);
  });
});
