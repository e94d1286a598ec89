import { describe, expect, it } from "vitest";
import rule from "../../rules/require-where.js";
import type { WriteScope } from "../../src/facts/contract.js";
import { messages, reports, type Case } from "./support.js";

const scoped = (scope: WriteScope, more: Case = {}): Case => ({ ...more, query: { kind: "delete", ...more.query }, facts: { writeScope: () => scope } });
const ALL: WriteScope = { kind: "all", why: "no-where" };

describe("require-where", () => {
  it.each<[string, Case]>([
    ["Deletes every row of `orders`: the statement has no WHERE.", scoped(ALL)],
    ["Updates every row of `orders`: the statement has no WHERE.", scoped(ALL, { query: { kind: "update" } })],
    ["Deletes every row of `orders`: its filter is empty, and an empty filter matches all rows.", scoped({ kind: "all", why: "empty-where" })],
    ["Updates every row of `orders`: its filter is always true.", scoped({ kind: "all", why: "always-true" }, { query: { kind: "update" } })],
    ["Deletes every row of `orders` when no condition of its filter applies: all of them are optional.", scoped({ kind: "all", why: "optional-where" })],
    ["Deletes every row of `orders`: `db.query` takes no filter.", scoped({ kind: "deliberate", why: "named" })],
    ["Removes every row of `orders`: TRUNCATE takes no filter.", scoped({ kind: "deliberate", why: "truncate" }, { query: { kind: "truncate" } })],
    ["Deletes every row of the temporary table `orders`: the statement has no WHERE.", scoped({ kind: "deliberate", why: "temporary" }, { options: { allow: [] } })],
  ])("says: %s", (words, of) => {
    expect(messages(rule, of)).toEqual([words]);
  });

  it.each<[string, Case]>([
    ["a filter", scoped({ kind: "filtered" })],
    ["what is not known", scoped({ kind: "unknown", why: "a hole" })],
    ["a temporary table by default", scoped({ kind: "deliberate", why: "temporary" })],
    ["a name that says it, where allowed", scoped({ kind: "deliberate", why: "named" }, { options: { allow: ["named"] } })],
    ["TRUNCATE, where allowed", scoped({ kind: "deliberate", why: "truncate" }, { options: { allow: ["truncate"] } })],
    ["a builder that is not sent here", scoped(ALL, { query: { sending: "built" } })],
    ["a builder whose end is not seen", scoped(ALL, { query: { sending: "unknown" } })],
    ["a write of another function", scoped(ALL, { reached: true })],
  ])("is silent about %s", (_name, of) => {
    expect(messages(rule, of)).toEqual([]);
  });

  it("marks the filter that is always true", () => {
    expect(reports(rule, scoped({ kind: "all", why: "always-true", span: { start: 30, end: 34 } }))).toMatchObject([{ column: 16, endColumn: 20 }]);
  });
});
