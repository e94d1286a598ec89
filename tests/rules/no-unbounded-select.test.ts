import { describe, expect, it } from "vitest";
import rule from "../../rules/no-unbounded-select.js";
import type { RowBound } from "../../src/facts/contract.js";
import { messages, reports, suggested, type Case } from "./support.js";

const bounded = (bound: RowBound, more: Case = {}): Case => ({ ...more, facts: { bound: () => bound, ...more.facts } });
const WHOLE: RowBound = { kind: "whole", why: "no-filter" };

describe("no-unbounded-select", () => {
  it.each<[string, Case]>([
    ["Reads every row of `orders`: the query has neither a filter nor a limit.", bounded(WHOLE)],
    ["Reads every row of `orders` to return one: `db.query` sends no limit and the query has no filter.", bounded(WHOLE, { query: { delivery: "one-unlimited" } })],
    [
      "May read every row of `orders`: every condition of its filter is optional (`status` is added under a condition), and there is no limit.",
      bounded({ kind: "whole", why: "optional-filter", detail: "`status` is added under a condition" }),
    ],
    ["May read every row of `orders`: every condition of its filter is optional, and there is no limit.", bounded({ kind: "whole", why: "optional-filter" })],
    ["Reads an open-ended share of `orders`: many rows match the filter on `archived` and `kind`, and there is no limit.", bounded({ kind: "whole", why: "flags-only", columns: ["archived", "kind"] })],
    ["Reads an open-ended share of `orders`: many rows match its filter, and there is no limit.", bounded({ kind: "whole", why: "flags-only" })],
    ["Reads every row of `orders` to keep the distinct ones: `db.query` drops the others only after the read.", bounded({ kind: "whole", why: "distinct-after-read" })],
    ["Reads an open-ended share of `orders` to keep the distinct ones: `db.query` drops the others only after the read.", bounded({ kind: "whole", why: "distinct-after-read", columns: ["kind"] })],
    ["Reads `orders` from an offset to its end: the query skips rows but has no limit.", bounded({ kind: "whole", why: "offset-without-limit" })],
    ["May read `orders` without a limit: the limit may be undefined (`take` is optional), and then none is sent.", bounded({ kind: "whole", why: "limit-may-be-undefined", detail: "`take` is optional" })],
    ["Reads all rows of `orders` for one `tenantId`: their number grows with the data, and there is no limit.", bounded({ kind: "scoped", columns: ["tenantId"] }, { options: { scoped: true } })],
    ["Reads every row of `orders` (about 1.3 billion rows): the query has neither a filter nor a limit.", bounded(WHOLE, { facts: { rows: () => 1_300_000_000 } })],
    ["Reads every row of `a table chosen at run time`: the query has neither a filter nor a limit.", bounded(WHOLE, { facts: { tableName: () => undefined } })],
    ["Reads every row of `${table}`: the query has neither a filter nor a limit.", bounded(WHOLE, { facts: { tableName: () => undefined, text: () => "${table}" } })],
  ])("says: %s", (words, of) => {
    expect(messages(rule, of)).toEqual([words]);
  });

  it.each<[string, Case]>([
    ["a query that reads one row", bounded({ kind: "one" })],
    ["a limit", bounded({ kind: "limited" })],
    ["a list of keys", bounded({ kind: "keyList" })],
    ["a small table", bounded({ kind: "smallTable" })],
    ["some filter", bounded({ kind: "filtered" })],
    ["no table", bounded({ kind: "none" })],
    ["what is not known", bounded({ kind: "unknown", why: "a hole" })],
    ["a scoped read by default", bounded({ kind: "scoped", columns: ["tenantId"] })],
    ["a stream", bounded(WHOLE, { query: { delivery: "stream" } })],
    ["a builder that is not sent here", bounded(WHOLE, { query: { sending: "built" } })],
    ["a builder whose end is not seen", bounded(WHOLE, { query: { sending: "unknown" } })],
    ["a part of another query", bounded(WHOLE, { query: { sending: "fragment" } })],
    ["a write", bounded(WHOLE, { query: { kind: "delete" } })],
    ["a query of another function", bounded(WHOLE, { reached: true })],
  ])("is silent about %s", (_name, of) => {
    expect(messages(rule, of)).toEqual([]);
  });

  it("marks the narrowest place", () => {
    expect(reports(rule, bounded(WHOLE))).toMatchObject([{ line: 2, column: 1, endColumn: 21 }]);
    expect(reports(rule, bounded({ ...WHOLE, span: { start: 30, end: 34 } }))).toMatchObject([{ line: 2, column: 16, endColumn: 20 }]);
  });

  it("suggests a limit where the library has one", () => {
    const edits = { limit: (rows: number) => [{ range: [34, 34] as const, text: ` + " LIMIT ${rows}"` }] };
    expect(suggested(rule, bounded(WHOLE, { query: { edits } }))).toEqual({
      desc: "Limit the read to 100 rows.",
      code: 'await begin();\nawait db.query(text + " LIMIT 100");\n',
    });
    expect(suggested(rule, bounded(WHOLE))).toBeUndefined();
  });
});
