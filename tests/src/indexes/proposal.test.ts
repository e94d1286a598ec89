import { describe, expect, it } from "vitest";
import { accessPath } from "../../../src/indexes/access.js";
import { proposeIndex } from "../../../src/indexes/proposal.js";
import { describeReason } from "../../../src/indexes/reasons.js";
import type { Dialect, OrderItem, Predicate } from "../../../src/query/model.js";
import type { Table } from "../../../src/schema/model.js";
import { and, between, cmp, col, eq, flag, isNull, joined, like, lower, maybe, notIn, oneOf, or, param, table } from "./predicates.js";

const order = (name: string): readonly OrderItem[] => [{ column: col(name), descending: "no", span: { start: 0, end: 0 } }];
const propose = (predicate: Predicate, by?: readonly OrderItem[], subject: Table = table([]), dialect: Dialect = "postgresql"): ReturnType<typeof proposeIndex> => proposeIndex({ table: subject, predicate, dialect, alias: "t", ...(by === undefined ? {} : { order: by }) });

describe("index proposal", () => {
  it.each([
    ["equality before range, in whatever order they are written", and(cmp("created_at", ">"), eq("a")), undefined, ["a", "created_at"]],
    ["one range only", and(eq("a"), cmp("b", ">"), between("c")), undefined, ["a", "b"]],
    ["order after equality", eq("a"), order("created_at"), ["a", "created_at"]],
    ["no order after a range", and(eq("a"), cmp("b", ">")), order("created_at"), ["a", "b"]],
    ["columns with few values behind the others", and(eq("kind"), flag("flag"), eq("a")), undefined, ["a", "kind", "flag"]],
    ["IN and IS NULL as equalities", and(oneOf("a", param), isNull("deleted_at")), undefined, ["a", "deleted_at"]],
    ["a choice between values of one column", or(eq("a"), eq("a")), undefined, ["a"]],
    ["required conditions rather than optional ones", and(eq("a"), maybe(eq("b"))), undefined, ["a"]],
    ["optional ones where there are no others", maybe(eq("b")), undefined, ["b"]],
    ["the key of a join", joined("t.a", "o.id"), undefined, ["a"]],
    ["a flag with an order: a queue", eq("kind"), order("created_at"), ["kind", "created_at"]],
    ["a column once", and(eq("a"), cmp("a", ">")), undefined, ["a"]],
  ] as const)("takes %s", (_, predicate, by, columns) => {
    expect(propose(predicate, by)?.columns).toEqual(columns);
  });

  it.each([
    ["a flag alone", flag("flag")],
    ["a null test alone", isNull("deleted_at")],
    ["a choice between columns", or(eq("a"), eq("b"))],
    ["a computed value", eq(lower("email"))],
    ["a pattern", like("email", "%x%")],
    ["an exclusion", notIn("a")],
    ["JSON", eq("meta")],
  ])("proposes nothing for %s", (_, predicate) => {
    expect(propose(predicate)).toBeUndefined();
  });

  it("writes DDL in the dialect", () => {
    const subject = { ...table([]), name: "Order", schema: "shop" };
    expect(propose(eq("a"), undefined, table([]))?.ddl).toBe("CREATE INDEX t_a_idx ON t (a)");
    expect(propose(eq("a"), undefined, subject)?.ddl).toBe('CREATE INDEX "Order_a_idx" ON shop."Order" (a)');
    expect(propose(eq("a"), undefined, subject, "mysql")?.ddl).toBe("CREATE INDEX Order_a_idx ON shop.`Order` (a)");
  });

  it("writes the declaration where the schema is declared", () => {
    const declared = (kind: Table["provenance"]["kind"]): Table => ({ ...table([]), columns: [{ name: "a", property: "aId", nullable: "no", provenance: { file: "/s", line: 1, kind } }], provenance: { file: "/s", line: 1, kind } });
    expect(propose(eq("a"), undefined, declared("prisma"))?.declaration).toBe("@@index([aId])");
    expect(propose(eq("a"), undefined, declared("drizzle"))?.declaration).toBe('index("t_a_idx").on(t.aId)');
    expect(propose(eq("a"), undefined, declared("typeorm"))?.declaration).toBe('@Index(["aId"])');
    expect(propose(eq("a"), undefined, declared("sequelize"))?.declaration).toBe('indexes: [{ fields: ["a"] }]');
    expect(propose(eq("a"), undefined, declared("mikroorm"))?.declaration).toBe('@Index({ properties: ["aId"] })');
    expect(propose(eq("a"))?.declaration).toBeUndefined();
  });
});

describe("reasons", () => {
  it.each([
    [[], eq("a"), "no index of `t` contains `a`"],
    [["b, a"], eq("a"), "`b, a (b, a)` contains `a`, but does not begin with it"],
    [["email"], eq(lower("email")), "`email (email)` has `email` itself, not the value computed from it"],
    [["a where deleted_at IS NULL"], eq("a"), "`a where deleted_at IS NULL (a)` would serve, but covers only rows where deleted_at IS NULL, which the filter does not state"],
    [["a"], or(eq("a"), eq("b")), "the side of the OR on `b` cannot use an index, so every row is read"],
    [["email"], like("email", "%x"), "a pattern that begins with a wildcard cannot use `email (email)`"],
  ] as const)("%#", (indexes, predicate, words) => {
    const subject = table(indexes);
    expect(describeReason(accessPath({ table: subject, predicate, dialect: "postgresql", alias: "t" }), subject)).toBe(words);
  });
});
