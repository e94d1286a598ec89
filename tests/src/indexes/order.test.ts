import { describe, expect, it } from "vitest";
import { orderPath, type OrderPath } from "../../../src/indexes/order.js";
import { describeOrderReason } from "../../../src/indexes/order-reasons.js";
import type { Dialect, OrderItem, Predicate } from "../../../src/query/model.js";
import { always, and, cmp, col, eq, isNull, like, lit, maybe, oneOf, opaque, or, table } from "./predicates.js";

type Short = "usable" | "unusable" | "unknown";
/** One verdict for all four dialects, or PostgreSQL, MySQL, MariaDB, SQLite. */
type Row = readonly [indexes: readonly string[], filter: Predicate, order: string, verdict: Short | readonly [Short, Short, Short, Short], reason?: string];

const DIALECTS: readonly Dialect[] = ["postgresql", "mysql", "mariadb", "sqlite"];

/** `a, b desc nulls last, lower(email)`. */
function order(text: string): readonly OrderItem[] {
  return text.split(", ").map((item): OrderItem => {
    const [, name = "", call, inner = "", collation, desc, nulls] = /^(\w+(?:(\()(\w+)\))?)(?: collate (\w+))?( desc| maybe)?(?: nulls (\w+))?$/u.exec(item) ?? [];
    return {
      column: call === undefined ? col(name, collation === undefined ? [] : [{ kind: "collate", collation }]) : col(inner, [{ kind: "function", name: "lower", text: name }]),
      descending: desc === " desc" ? "yes" : desc === " maybe" ? "unknown" : "no",
      ...(nulls === "first" || nulls === "last" ? { nulls } : {}),
      span: { start: 0, end: 0 },
    };
  });
}

const rows: readonly Row[] = [
  [["a"], always, "a", "usable", "leading"],
  [["a"], always, "a desc", "usable"],
  [["a desc"], always, "a", ["usable", "usable", "usable", "usable"]],
  [["a"], always, "b", "unusable", "no-index"],
  [["a, b"], always, "b", "unusable", "not-leading"],
  [["a, b"], eq("a"), "b desc", "usable", "after-equality"],
  [["a, b, c"], eq("a"), "c", "unusable", "not-leading"],
  [["a, b, c"], and(eq("a"), eq("b")), "c", "usable"],
  [["a, b"], cmp("a", ">"), "b", "unusable", "not-leading"],
  [["a, b"], oneOf("a", lit(1), lit(2)), "b", "unusable", "list"],
  [["a, b"], oneOf("a", lit(1)), "b", "usable"],
  [["a, b"], or(eq("a"), eq("a")), "b", "unusable"],
  [["a, b"], isNull("a"), "b", ["unusable", "usable", "usable", "usable"]],
  [["a", "b"], eq("a"), "b", "usable"],
  [[], eq("a"), "a", "usable", "no-order"],
  [["primary id"], eq("id"), "a, b", "usable", "one-row"],
  // Directions and nulls
  [["a, b"], always, "a desc, b desc", "usable"],
  [["a, b"], always, "a, b desc", ["unknown", "unusable", "unusable", "unknown"], "prefix-order"],
  [["a, b desc"], always, "a, b desc", ["usable", "usable", "unknown", "usable"]],
  [["a"], always, "a nulls first", ["unusable", "usable", "usable", "usable"]],
  [["a"], always, "a desc nulls last", ["unusable", "usable", "usable", "usable"]],
  [["a"], always, "a maybe", "usable"],
  [["a, b"], always, "a maybe, b", "unknown", "direction-unknown"],
  // What a key says beyond its columns
  [["primary id"], always, "id, a", ["usable", "unknown", "unusable", "usable"], "unique-prefix"],
  [["a"], always, "a, b", ["unknown", "unusable", "unusable", "unknown"], "prefix-order"],
  [["a", "primary id"], always, "a, id", ["unknown", "usable", "usable", "usable"]],
  [["a", "primary id"], eq("a"), "id", "usable"],
  // What an index lacks
  [["a where b is null"], always, "a", "unusable", "partial"],
  [["a where b is null"], isNull("b"), "a", "usable"],
  [["using gin a"], always, "a", "unusable", "method"],
  [["a"], always, "lower(email)", "unusable", "wrapped"],
  [["(lower(email))"], always, "lower(email)", "usable"],
  [["(upper(email))"], always, "lower(email)", "unusable", "wrapped"],
  [["(lower(email))"], always, "email", "unusable"],
  [["email collate nocase"], always, "email", ["unknown", "usable", "usable", "unusable"]],
  // What is not known
  [["a, b"], maybe(eq("a")), "b", "unknown", "optional"],
  [["b"], maybe(eq("a")), "b", "usable"],
  [["a, b"], opaque, "b", "unknown", "opaque"],
  [["a"], like("email", "a%"), "unknown_column", "unknown", "unknown-column"],
];

describe("orderPath", () => {
  it.each(rows.map((row) => [`[${row[0].join("; ")}] ${JSON.stringify(row[1].op)} order by ${row[2]}`, row] as const))("%s", (_, [indexes, filter, text, verdict, reason]) => {
    const found = DIALECTS.map((dialect) => {
      const subject = table(indexes);
      return orderPath({ table: { ...subject, columns: subject.columns.map((column) => ({ ...column, provenance: { ...column.provenance, kind: "prisma" as const } })) }, predicate: filter, order: order(text), dialect, alias: "t", alone: true });
    });
    expect(found.map((path) => path.verdict)).toEqual(typeof verdict === "string" ? DIALECTS.map(() => verdict) : verdict);
    if (reason !== undefined) expect(found.map((path) => path.reason)).toContain(reason);
  });

  it("knows since when MariaDB has descending keys", () => {
    const ask = (version: string): Short => orderPath({ table: table(["a, b desc"]), predicate: always, order: order("a, b desc"), dialect: "mariadb", version }).verdict;
    expect(ask("10.11.19-MariaDB")).toBe("usable");
    expect(ask("10.6.12-MariaDB")).toBe("unusable");
  });

  it("knows since when PostgreSQL sorts in groups", () => {
    const ask = (version: string): OrderPath => orderPath({ table: table(["a"]), predicate: always, order: order("a, b"), dialect: "postgresql", version });
    expect(ask("12.4").verdict).toBe("unusable");
    expect(ask("16.1").verdict).toBe("unknown");
  });

  it("says why", () => {
    const subject = table(["a, b"]);
    const path = orderPath({ table: subject, predicate: always, order: order("b"), dialect: "postgresql" });
    expect(describeOrderReason(path, subject)).toBe("`a, b (a, b)` contains `b` behind columns that the filter does not fix");
  });
});
