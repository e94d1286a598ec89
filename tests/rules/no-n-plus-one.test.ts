import { describe, expect, it } from "vitest";
import rule from "../../rules/no-n-plus-one.js";
import type { Repetition } from "../../src/facts/contract.js";
import { messages, reports, type Case } from "./support.js";

const repetition = (changes: Partial<Repetition> = {}): Repetition => ({
  place: [15, 35],
  loopLine: 12,
  loopKind: "for…of",
  over: "orders",
  operation: "read",
  concurrent: false,
  via: [],
  depth: 1,
  ...changes,
});
const repeats = (changes: Partial<Repetition> = {}, more: Case = {}): Case => ({ ...more, facts: { repetitions: () => [repetition(changes)] } });
const LOOP = "once per element of `orders`, in the `for…of` at line 12";
const N = "n elements cost n round trips";

describe("no-n-plus-one", () => {
  it.each<[string, Case]>([
    [`Reads \`orders\` ${LOOP}: ${N}. Read them together: one query for all keys.`, repeats()],
    [
      `Reads \`orders\` ${LOOP}: ${N}. Read them together: \`findMany\` and \`id: { in: ids }\`.`,
      repeats({}, { query: { bulk: { read: "`findMany` and `id: { in: ids }`" } } }),
    ],
    [`Reads \`orders\` ${LOOP}: n elements run n statements. Read them together: one query for all keys.`, repeats({}, { query: { dialect: "sqlite" } })],
    [`Reads \`orders\` ${LOOP}: ${N}. Read them together: one query for all keys, ordered by the key so that it locks in that order.`, repeats({}, { query: { locking: { skipLocked: false } } })],
    [`Inserts into \`orders\` ${LOOP}: ${N}. Insert the rows together: one multi-row insert.`, repeats({ operation: "insert" })],
    [`Updates \`orders\` with the same values ${LOOP}: ${N}. Update the rows together: one update for all keys.`, repeats({ operation: "update-same" })],
    [`Updates \`orders\` ${LOOP}: ${N}. Send the values together: one update from a list of values.`, repeats({ operation: "update-different" }, { options: { updateDifferent: true } })],
    [`Deletes from \`orders\` ${LOOP}: ${N}. Delete the rows together: one delete for all keys.`, repeats({ operation: "delete" })],
    [`Upserts into \`orders\` ${LOOP}: ${N}. Send the rows together: one multi-row insert that updates on conflict.`, repeats({ operation: "upsert" })],
    [`Repeats the same query on \`orders\` ${LOOP}: nothing in it depends on the loop. Move it before the loop.`, repeats({ operation: "invariant" })],
    [
      "Reads `orders` once per round, in the `while` at line 12: n elements cost n round trips. Read them together: one query for all keys.",
      repeats({ over: undefined, loopKind: "while" }),
    ],
    [
      "Reads `orders` once per element of `ids`, in the `map` at line 12: n elements send n queries at once. Read them together: one query for all keys.",
      repeats({ over: "ids", loopKind: "map", concurrent: true }),
    ],
    [`Reads \`orders\` ${LOOP}, 2 loops deep: the number of queries is the product of both loops. Read them together: one query for all keys.`, repeats({ depth: 2 })],
    [
      `Reads \`orders\` ${LOOP}, through \`load\` and \`byId\` (src/orders.ts:7): ${N}. Read them together: one query for all keys.`,
      repeats({ via: ["load", "byId"], target: { file: "/project/src/orders.ts", line: 7 } }, { reached: true }),
    ],
  ])("says: %s", (words, of) => {
    expect(messages(rule, of)).toEqual([words]);
  });

  it("is silent about updates of different values by default", () => {
    expect(messages(rule, repeats({ operation: "update-different" }))).toEqual([]);
  });

  it("is silent about a query that runs once", () => {
    expect(messages(rule, {})).toEqual([]);
  });

  it("marks the call in the loop, on one line whatever is iterated", () => {
    expect(reports(rule, repeats({ place: [21, 29], over: "rows\n  .filter(Boolean)" }))).toMatchObject([
      { line: 2, column: 7, endColumn: 15, message: expect.stringContaining("`rows .filter(Boolean)`") },
    ]);
  });

  it("reports each place of a query once", () => {
    const twice: Case = { facts: { repetitions: () => [repetition(), repetition(), repetition({ place: [0, 13] })] } };
    expect(reports(rule, twice)).toHaveLength(2);
  });
});
