import { describe, expect, it } from "vitest";
import { accessPath, scanPath, type AccessPath } from "../../../src/indexes/access.js";
import type { Dialect, Predicate } from "../../../src/query/model.js";
import type { Table } from "../../../src/schema/model.js";
import { always, and, anyOf, between, cast, cmp, col, collate, eq, flag, inQuery, isNull, joined, like, lit, lower, maybe, never, not, notIn, notNull, oneOf, opaque, operator, or, param, plus, related, some, table } from "./predicates.js";

type Short = "usable" | "unusable" | "unknown";
/** One verdict for all four dialects, or PostgreSQL, MySQL, MariaDB, SQLite. */
type Row = readonly [indexes: readonly string[], what: string, predicate: Predicate, verdict: Short | readonly [Short, Short, Short, Short], reason?: string];

const DIALECTS: readonly Dialect[] = ["postgresql", "mysql", "mariadb", "sqlite"];

function judge(subject: Table, predicate: Predicate, dialect: Dialect | undefined): AccessPath {
  return accessPath({ table: subject, predicate, dialect, alias: "t", alone: true });
}

const rows: readonly Row[] = [
  // Leftmost prefix
  [["a"], "a = ?", eq("a"), "usable", "leading"],
  [["a, b"], "a = ?", eq("a"), "usable"],
  [["a, b"], "b = ?", eq("b"), "unusable", "not-leading"],
  [["a, b, c"], "a = ? and c = ?", and(eq("a"), eq("c")), "usable"],
  [["a"], "b = ?", eq("b"), "unusable", "no-index"],
  [[], "a = ?", eq("a"), "unusable", "no-index"],
  [["primary id"], "id = ? and b = ?", and(eq("b"), eq("id")), "usable"],
  [["flag, b"], "b = ? behind a boolean", eq("b"), ["unknown", "unusable", "unusable", "unusable"]],
  // Ranges and lists
  [["a"], "a < ?", cmp("a", "<"), "usable"],
  [["a"], "a between", between("a"), "usable"],
  [["a"], "a in (…)", oneOf("a", param, param), "usable"],
  [["a"], "a = any(?)", anyOf("a"), "usable"],
  [["a"], "a is null", isNull("a"), "usable"],
  [["a"], "a is not null", notNull("a"), ["usable", "unknown", "unknown", "unknown"]],
  [[], "a is not null", notNull("a"), "unusable"],
  [["a"], "a <> ?", cmp("a", "<>"), ["unusable", "unknown", "unknown", "unusable"], "negated"],
  [["a"], "a not in", notIn("a"), ["unusable", "unknown", "unknown", "unusable"], "negated"],
  [["a"], "a is not distinct from ?", cmp("a", "is not distinct"), ["unusable", "usable", "usable", "usable"]],
  [["a"], "a is distinct from ?", cmp("a", "is distinct"), "unusable"],
  [["a"], "a = null", eq("a", lit(null)), "usable", "never-true"],
  [["a"], "not (a < ?)", not(cmp("a", "<")), ["usable", "usable", "usable", "unusable"]],
  [["a"], "not (a = ?)", not(eq("a")), ["unusable", "unknown", "unknown", "unusable"]],
  [["a"], "a = random()", eq("a", { kind: "expression", volatile: "yes" }), ["unusable", "unusable", "unusable", "usable"], "volatile"],
  [["created_at"], "created_at > now()", cmp("created_at", ">", { kind: "expression", volatile: "no" }), "usable"],
  [["a"], "a > a value of unknown type", cmp("a", ">", { kind: "expression", volatile: "no" }), ["unknown", "usable", "usable", "usable"], "type-mismatch"],
  [["a"], "a = b", joined("t.a", "t.b"), "unusable", "same-row"],
  [["a"], "a = b and b = 5", and(joined("t.a", "t.b"), eq("b", lit(5))), ["usable", "unknown", "unknown", "unknown"]],
  [["c"], "a = b", joined("t.a", "t.b"), "unusable", "same-row"],
  [["a"], "a < b", joined("t.a", "t.b", "<"), "unusable", "same-row"],
  // AND, OR
  [["a"], "a = ? or b = ?", or(eq("a"), eq("b")), "unusable", "or"],
  [["a", "b"], "a = ? or b = ?", or(eq("a"), eq("b")), "usable"],
  [["a"], "a = ? or a = ?", or(eq("a"), eq("a")), "usable"],
  [["a"], "(a = ? and c = ?) or (a = ? and b = ?)", or(and(eq("a"), eq("c")), and(eq("a"), eq("b"))), "usable"],
  [["a", "c"], "c = ? and (a = ? or b = ?)", and(eq("c"), or(eq("a"), eq("b"))), "usable"],
  [["a"], "not (a <> ? and b <> ?)", not(and(cmp("a", "<>"), cmp("b", "<>"))), "unusable"],
  [["a"], "false or a = ?", or(never, eq("a")), "usable"],
  [["a"], "true or a = ?", or({ op: "constant", value: true, written: true }, eq("a")), "unknown", "no-filter"],
  [["a"], "no filter", always, "unknown", "no-filter"],
  [[], "in ()", never, "usable", "never-true"],
  // Conditions that are not always there
  [["a"], "maybe a = ?", maybe(eq("a")), "unknown", "optional"],
  [["a"], "a = ? and maybe b = ?", and(eq("a"), maybe(eq("b"))), "usable"],
  [["a"], "b = ? and maybe a = ?", and(eq("b"), maybe(eq("a"))), "unknown", "optional"],
  [["a"], "b = ? and maybe c = ?", and(eq("b"), maybe(eq("c"))), "unusable"],
  [["a"], "a = ? or maybe b = ?", or(eq("a"), maybe(eq("b"))), "unknown"],
  [["a"], "b = ? or maybe a = ?", or(eq("b"), maybe(eq("a"))), "unusable"],
  [["a"], "maybe b or maybe c", or(maybe(eq("b")), maybe(eq("c"))), "unusable"],
  [["a"], "opaque", opaque, "unknown", "opaque"],
  [["a"], "b = ? and opaque", and(eq("b"), opaque), "unknown", "opaque"],
  [["a"], "a = ? and opaque", and(eq("a"), opaque), "usable"],
  [["a"], "a = ? or opaque", or(eq("a"), opaque), "unknown"],
  [["a"], "b = ? or opaque", or(eq("b"), opaque), "unusable"],
  // Computations
  [["email"], "lower(email) = ?", eq(lower("email")), "unusable", "wrapped"],
  [["(lower(email))"], "lower(email) = ?", eq(lower("email")), ["usable", "usable", "unknown", "usable"]],
  [["(lower((email)::text))"], "lower(email) as pg_dump writes it", eq(lower("email")), ["usable", "usable", "unknown", "unusable"]],
  [['(LOWER("email"))'], "lower(email), quoted", eq(lower("t.email")), ["usable", "usable", "unknown", "usable"]],
  [["(upper(email))"], "lower(email), another expression", eq(lower("email")), "unusable", "wrapped"],
  [["(lower(email))"], "email = ?", eq("email"), "unusable", "no-index"],
  [["a"], "a + 1 = ?", eq(plus("a")), "unusable", "wrapped"],
  [["a"], "a::text = ?", eq(cast("a", "text")), "unusable", "wrapped"],
  [["email"], "email::varchar = ?", eq(cast("email", "varchar")), ["usable", "unusable", "unusable", "unusable"]],
  [["created_at"], "created_at::date = ?", eq(cast("created_at", "date")), "unusable", "wrapped"],
  [["b"], "lower(email) = ?", eq(lower("email")), "unusable", "no-index"],
  // LIKE
  [["email"], "like '%x'", like("email", "%x"), "unusable"],
  [["email"], "like 'x%'", like("email", "x%"), ["unknown", "usable", "usable", "unusable"]],
  [["email text_pattern_ops"], "like 'x%'", like("email", "x%"), ["usable", "usable", "usable", "unusable"]],
  [["email collate nocase"], "like 'x%' on nocase", like("email", "x%"), ["unknown", "usable", "usable", "usable"]],
  [["email"], "like 'x'", like("email", "x"), ["usable", "usable", "usable", "unusable"]],
  [["email"], "like ?", like("email"), ["unknown", "unknown", "unknown", "unusable"]],
  [[], "like ?", like("email"), "unusable", "no-index"],
  [["email"], "ilike 'x%'", like("email", "x%", true), ["unusable", "usable", "usable", "unusable"]],
  [["using gin email gin_trgm_ops"], "like '%x%' on trigrams", like("email", "%x%"), ["usable", "unknown", "unknown", "unknown"]],
  // Operator classes and methods
  [["email text_pattern_ops"], "email = ?", eq("email"), "usable"],
  [["email text_pattern_ops"], "email > ?", cmp("email", ">"), ["unusable", "usable", "usable", "usable"], "operator-class"],
  [["using hash a"], "a = ?", eq("a"), "usable"],
  [["using hash a"], "a > ?", cmp("a", ">"), ["unusable", "usable", "usable", "usable"]],
  [["using gin tags"], "tags @> ?", operator("@>", "tags"), ["usable", "unknown", "unknown", "unknown"]],
  [["tags"], "tags @> ?", operator("@>", "tags"), ["unusable", "unusable", "unusable", "unusable"], "method"],
  [["a"], "tags @> ?", operator("@>", "tags"), "unusable", "no-index"],
  [["a"], "(a, b) > (?, ?)", { op: "operator", operator: "row >", columns: [col("a"), col("b")], operands: [param, param], span: { start: 0, end: 0 } }, ["usable", "unusable", "unusable", "usable"]],
  [["using brin created_at"], "created_at > ?", cmp("created_at", ">"), ["usable", "unknown", "unknown", "unknown"]],
  [["using fulltext email"], "email = ?", eq("email"), "unusable", "method"],
  [["using gin a, b"], "b = ? in a GIN index", eq("b"), ["usable", "unknown", "unknown", "unknown"]],
  // Booleans
  [["flag"], "flag", flag("flag"), ["usable", "unknown", "unknown", "unusable"]],
  [["flag"], "not flag", not(flag("flag")), ["usable", "usable", "usable", "unusable"]],
  [["flag"], "flag is true", flag("flag", true, "is"), ["usable", "unknown", "unusable", "unusable"]],
  [["flag"], "flag = true", eq("flag", lit(true)), "usable"],
  [["flag"], "flag <> true", cmp("flag", "<>", lit(true)), ["usable", "unknown", "unknown", "unusable"]],
  // Partial indexes
  [["a where deleted_at IS NULL"], "a = ?", eq("a"), ["unusable", "unknown", "unknown", "unusable"], "partial"],
  [["a where deleted_at IS NULL"], "a = ? and deleted_at is null", and(eq("a"), isNull("deleted_at")), ["usable", "unknown", "unknown", "usable"]],
  [['a where ("deleted_at" IS NULL)'], "quoted", and(isNull("deleted_at"), eq("a")), ["usable", "unknown", "unknown", "usable"]],
  [["a where deleted_at IS NULL"], "a = ? and maybe deleted_at is null", and(eq("a"), maybe(isNull("deleted_at"))), "unknown"],
  [["a where deleted_at IS NULL"], "a = ? and opaque", and(eq("a"), opaque), "unknown"],
  [["a where a IS NOT NULL"], "a = ?", eq("a"), ["usable", "unknown", "unknown", "usable"]],
  [["a where flag"], "a = ? and flag", and(eq("a"), flag("flag")), ["usable", "unknown", "unknown", "usable"]],
  [["a where flag = true"], "a = ? and flag", and(eq("a"), flag("flag")), ["usable", "unknown", "unknown", "unusable"]],
  [["a where flag"], "a = ? and not flag", and(eq("a"), flag("flag", false)), ["unusable", "unknown", "unknown", "unusable"], "partial"],
  [["a where name = 'x'"], "a = ? and name = 'x'", and(eq("a"), eq("name", lit("x"))), ["usable", "unknown", "unknown", "usable"]],
  [["a where name = 'x'::text AND b = 1"], "a = ? and name = 'x' and b = 1", and(eq("a"), eq("name", lit("x")), eq("b", lit(1))), ["usable", "unknown", "unknown", "unusable"]],
  [["a where name = 'x'"], "a = ? and name = 'y'", and(eq("a"), eq("name", lit("y"))), ["unusable", "unknown", "unknown", "unusable"], "partial"],
  [["a where name = 'x'"], "a = ? and name = ?", and(eq("a"), eq("name")), "unknown"],
  [["a where b > 5"], "a = ? and b > 7", and(eq("a"), cmp("b", ">", lit(7))), ["usable", "unknown", "unknown", "unusable"]],
  [["a where b > 5"], "a = ?", eq("a"), ["unusable", "unknown", "unknown", "unusable"], "partial"],
  [["a where name = 'x' or b = 1"], "a = ? and b = 1", and(eq("a"), eq("b", lit(1))), ["usable", "unknown", "unknown", "usable"]],
  [["created_at where flag"], "flag alone: the small index can be read whole", flag("flag"), "unusable", "partial-scan"],
  [["a where deleted_at IS NULL"], "(a = ? and deleted_at is null) or a = ?", or(and(eq("a"), isNull("deleted_at")), eq("a")), ["unusable", "unknown", "unknown", "unusable"]],
  // Collations
  [["email collate C"], "email = ?", eq("email"), ["unusable", "usable", "usable", "unusable"], "operator-class"],
  [["email collate nocase"], "email collate nocase = ?", eq(collate("email", "NOCASE")), ["usable", "unusable", "unusable", "usable"]],
  [["email"], "email collate nocase = ?", eq(collate("email", "NOCASE")), "unusable"],
  // Types
  [["email"], "email = 5", eq("email", lit(5)), ["usable", "unusable", "unusable", "usable"]],
  [["a"], "a = 1.5", eq("a", lit(1.5)), ["unusable", "usable", "usable", "usable"], "type-mismatch"],
  // Sub-queries and joins
  [["a"], "a = other.x", joined("t.a", "o.x"), "usable"],
  [["b"], "other.x = a", joined("o.x", "t.a"), "unusable", "no-index"],
  [["a"], "other.x = other.y", joined("o.x", "o.y"), "unknown", "no-filter"],
  [["a"], "other.x = ?", eq("o.x"), "unknown", "no-filter"],
  [["a"], "a = ? or other.x = ?", or(eq("t.a"), eq("o.x")), "unusable", "or"],
  [["a"], "unknown column", eq("zzz"), "unknown", "unknown-column"],
];

describe("access path", () => {
  it.each(rows.flatMap(([indexes, what, predicate, verdict, reason]) => DIALECTS.map((dialect, at) => ({ indexes, what, predicate, dialect, verdict: typeof verdict === "string" ? verdict : verdict[at], reason: typeof verdict === "string" || at === 0 ? reason : undefined }))))(
    "$dialect, [$indexes]: $what → $verdict",
    ({ indexes, predicate, dialect, verdict, reason }) => {
      const path = judge(table(indexes), predicate, dialect);
      expect(path.verdict).toBe(verdict);
      if (reason !== undefined) expect(path.reason).toBe(reason);
    },
  );

  it("names the index that serves and the one that comes nearest", () => {
    expect(judge(table(["b", "a, b"]), eq("a"), "postgresql").index?.name).toBe("a, b");
    expect(judge(table(["a, b"]), eq("b"), "postgresql")).toMatchObject({ nearest: { name: "a, b" }, column: "b" });
    expect(judge(table(["a where flag"]), eq("a"), "postgresql")).toMatchObject({ nearest: { name: "a where flag" }, column: "a" });
  });

  it("speaks of the condition that is nearest to being served", () => {
    const reason = (indexes: readonly string[], predicate: Predicate): unknown => {
      const { reason: why, column } = judge(table(indexes), predicate, "postgresql");
      return [why, column];
    };
    expect(reason([], and(eq("kind"), eq("a")))).toEqual(["no-index", "a"]);
    expect(reason(["id"], and(cmp("id", "<>"), eq("a")))).toEqual(["no-index", "a"]);
    expect(reason(["email"], and(like("email", "%x"), eq("a")))).toEqual(["no-index", "a"]);
    expect(reason(["b, a"], and(eq("c"), eq("a")))).toEqual(["not-leading", "a"]);
  });

  it("counts InnoDB's indexes of foreign keys, and no one else's", () => {
    const subject = table([], { foreignKeys: ["a"] });
    expect(DIALECTS.map((dialect) => judge(subject, eq("a"), dialect).verdict)).toEqual(["unusable", "usable", "usable", "unusable"]);
  });

  it("judges a relation by the key that this table holds", () => {
    const relation = { name: "parent", target: "P", list: false, columns: ["a"], referencedColumns: ["id"] };
    expect(judge(table([], { relations: [relation] }), related("parent"), "postgresql").verdict).toBe("unusable");
    expect(judge(table([], { relations: [relation] }), and(eq("b"), related("parent")), "postgresql").verdict).toBe("unusable");
    expect(judge(table(["a"], { relations: [relation] }), related("parent"), "postgresql").verdict).toBe("unknown");
    expect(judge(table([]), and(eq("b"), some("children")), "postgresql").verdict).toBe("unknown");
    const parent = (...indexes: readonly string[]): AccessPath => accessPath({ table: table(["a"], { relations: [relation] }), predicate: related("parent", eq("b")), dialect: "postgresql", alone: true, related: () => table(indexes) });
    expect(parent("b")).toMatchObject({ verdict: "unknown", reason: "relation" });
    expect(parent("a")).toMatchObject({ verdict: "unusable", reason: "related", through: { path: { verdict: "unusable", reason: "no-index", column: "b" } } });
    expect(accessPath({ table: table(["a"], { relations: [relation] }), predicate: and(eq("a"), related("parent", eq("b"))), dialect: "postgresql", alone: true, related: () => table([]) })).toMatchObject({ verdict: "usable" });
    expect(judge(table([]), and(eq("b"), some("children", true)), "postgresql").verdict).toBe("unusable");
  });

  it("is silent where the schema is not certain", () => {
    expect(judge(table([], { uncertain: "a DO block" }), eq("a"), "postgresql").reason).toBe("uncertain-table");
    expect(judge(table([], { view: true }), eq("a"), "postgresql").reason).toBe("view");
    expect(judge(table([]), eq("a"), "sqlserver").reason).toBe("dialect");
  });

  it("answers without a dialect what all dialects agree on", () => {
    expect(judge(table(["a"]), eq("a"), undefined).verdict).toBe("usable");
    expect(judge(table([]), eq("a"), undefined).verdict).toBe("unusable");
    expect(judge(table(["flag"]), flag("flag"), undefined).verdict).toBe("unknown");
  });

  it("tells when an index gives the order of a read that has no filter index", () => {
    const path = accessPath({ table: table(["created_at"]), predicate: eq("a"), dialect: "postgresql", order: [{ column: { name: "created_at", span: { start: 0, end: 0 }, wrappers: [] }, descending: "yes", span: { start: 0, end: 0 } }] });
    expect(path).toMatchObject({ verdict: "unusable", ordered: { name: "created_at" } });
  });

  it("does not prove a scan of the table where a partial index may be read in its place", () => {
    const question = { table: table(["created_at where flag", "a where b = 1"]), dialect: "sqlite" as const };
    const both = or(and(eq("a"), eq("b", lit(1))), flag("flag"));
    for (const predicate of [flag("flag"), and(eq("a"), flag("flag")), and(eq("name"), both)]) {
      expect(accessPath({ ...question, predicate })).toMatchObject({ verdict: "unusable", reason: "partial-scan" });
      expect(scanPath({ ...question, predicate })).toMatchObject({ verdict: "unknown", reason: "partial-scan" });
    }
    expect(scanPath({ ...question, predicate: or(eq("name", lit("x")), flag("flag")) })).toMatchObject({ verdict: "unusable", reason: "no-index" });
    expect(scanPath({ ...question, predicate: eq("name") })).toMatchObject({ verdict: "unusable" });
  });

  it("does not deny an index in MySQL where literals may make an arm never true", () => {
    const question = { table: table(["a"]), dialect: "mariadb" as const };
    const never = and(eq("name", lit("x")), eq("name", lit("y")));
    expect(accessPath({ ...question, predicate: or(eq("a", lit(1)), never) })).toMatchObject({ verdict: "unknown", reason: "contradiction" });
    expect(accessPath({ ...question, dialect: "postgresql", predicate: or(eq("a", lit(1)), never) })).toMatchObject({ verdict: "unusable", reason: "or" });
    expect(accessPath({ ...question, predicate: or(eq("a", lit(1)), eq("name", lit("x"))) })).toMatchObject({ verdict: "unusable", reason: "or" });
  });

  it("maps property names, and unqualified names of other relations", () => {
    const subject = { ...table(["created_at"]), columns: [{ name: "created_at", property: "createdAt", nullable: "no" as const, provenance: { file: "/s", line: 1, kind: "prisma" as const } }] };
    const predicate: Predicate = { op: "compare", column: { name: "createdAt", property: true, span: { start: 0, end: 0 }, wrappers: [] }, operator: ">", operand: param, span: { start: 0, end: 0 } };
    expect(accessPath({ table: subject, predicate, dialect: "postgresql" }).verdict).toBe("usable");
    expect(accessPath({ table: table(["a"]), predicate: eq("elsewhere"), dialect: "postgresql", alias: "t", alone: false }).reason).toBe("no-filter");
  });

  it("judges IN (SELECT …) by the column", () => {
    const statement = { kind: "select", sources: [], where: always } as never;
    expect(judge(table([]), inQuery("a", statement), "postgresql").verdict).toBe("unusable");
    expect(judge(table(["a"]), inQuery("a", statement), "postgresql").verdict).toBe("unknown");
  });
});
