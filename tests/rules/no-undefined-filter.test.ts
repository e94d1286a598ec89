import { describe, expect, it } from "vitest";
import rule from "../../rules/no-undefined-filter.js";
import type { DroppedCondition } from "../../src/facts/contract.js";
import { messages, reports, suggested, type Case } from "./support.js";

const dropped = (name: string, leavesAll: DroppedCondition["leavesAll"] = "yes"): DroppedCondition => ({
  column: { name, span: { start: 30, end: 34 }, wrappers: [] },
  span: { start: 30, end: 34 },
  why: `\`${name}\` is an optional parameter`,
  leavesAll,
  accidental: false,
  deliberate: false,
});
const drops = (conditions: readonly DroppedCondition[], more: Case = {}): Case => ({ ...more, facts: { droppedConditions: () => conditions } });
const ONE: Case = { query: { delivery: "one" } };
const because = (name: string) => `\`${name}\` is an optional parameter, and \`db.query\` drops a condition whose value is undefined.`;

describe("no-undefined-filter", () => {
  it.each<[string, Case]>([
    [`Deletes every row of \`orders\` when \`id\` is undefined: ${because("id")}`, drops([dropped("id")], { query: { kind: "delete" } })],
    [`Updates every row of \`orders\` when \`id\` and \`kind\` are undefined: ${because("id")}`, drops([dropped("id"), dropped("kind")], { query: { kind: "update" } })],
    [`Deletes more rows of \`orders\` than meant when \`id\` is undefined: ${because("id")}`, drops([dropped("id", "no"), dropped("kind", "no")], { query: { kind: "delete" } })],
    [`Returns an arbitrary row of \`orders\` when \`id\` is undefined: ${because("id")}`, drops([dropped("id")], ONE)],
    [`May return the wrong row of \`orders\` when \`id\` is undefined: ${because("id")}`, drops([dropped("id", "unknown")], ONE)],
    [`Reads \`orders\` without any filter when \`id\` is undefined: ${because("id")}`, drops([dropped("id")], { options: { reads: "all" } })],
    [`Deletes every row of \`orders\` when \`id\` is undefined: ${because("id")}`, drops([{ ...dropped("id"), deliberate: true }], { query: { kind: "delete" } })],
    [`Reads more rows of \`orders\` than meant when \`id\` is undefined: ${because("id")}`, drops([dropped("id", "no")], { options: { reads: "all" } })],
    [`Reads \`orders\` without any filter when \`id\` is undefined: ${because("id")}`, drops([{ ...dropped("id"), accidental: true }, dropped("kind")])],
  ])("says: %s", (words, of) => {
    expect(messages(rule, of)).toEqual([words]);
  });

  it.each<[string, Case]>([
    ["conditions that stay", drops([], { query: { kind: "delete" } })],
    ["a list by default: an optional search filter is no mistake", drops([dropped("id")])],
    ["one row, where reads are left alone", drops([dropped("id")], { ...ONE, options: { reads: "none" } })],
    ["a list whose condition is left out on purpose", drops([{ ...dropped("id"), deliberate: true }], { options: { reads: "all" } })],
    ["one row, where a part of the filter is left out on purpose", drops([{ ...dropped("id", "no"), deliberate: true }], ONE)],
    ["a write, where a part of the filter is left out on purpose", drops([{ ...dropped("id", "no"), deliberate: true }], { query: { kind: "delete" } })],
    ["a builder that is not sent here", drops([dropped("id")], { query: { kind: "delete", sending: "built" } })],
  ])("is silent about %s", (_name, of) => {
    expect(messages(rule, of)).toEqual([]);
  });

  it("marks the condition", () => {
    expect(reports(rule, drops([dropped("id")], ONE))).toMatchObject([{ column: 16, endColumn: 20 }]);
  });

  it("suggests to require the value", () => {
    const edits = { requireValue: () => [{ range: [34, 34] as const, text: " ?? missing()" }] };
    expect(suggested(rule, drops([dropped("id")], { query: { kind: "delete", edits } }))).toEqual({
      desc: "Fail when the value is missing.",
      code: "await begin();\nawait db.query(text ?? missing());\n",
    });
  });
});
