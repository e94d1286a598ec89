import { defineRule, listOfNames, tableLabel, type Query } from "../src/rule.js";

export interface Options {
  /** Which reads are reported: none, those that return one row (and lists whose value was looked up and may be missing), or all. Writes always are. */
  readonly reads: "none" | "one" | "all";
}

export type MessageId = "writesAll" | "writesMore" | "readsAny" | "readsOther" | "readsAll" | "readsMore" | "requireValue";

export default defineRule<Options, MessageId>({
  id: "no-undefined-filter",
  description: "Disallow filter values that may be undefined where the library then drops the condition",
  preset: "recommended",
  strictOptions: { reads: "all" },
  messages: {
    writesAll: "{{verb}} every row of `{{table}}` when {{undefinedValues}}: {{why}}, and `{{call}}` drops a condition whose value is undefined.",
    writesMore: "{{verb}} more rows of `{{table}}` than meant when {{undefinedValues}}: {{why}}, and `{{call}}` drops a condition whose value is undefined.",
    readsAny: "Returns an arbitrary row of `{{table}}` when {{undefinedValues}}: {{why}}, and `{{call}}` drops a condition whose value is undefined.",
    readsOther: "May return the wrong row of `{{table}}` when {{undefinedValues}}: {{why}}, and `{{call}}` drops a condition whose value is undefined.",
    readsAll: "Reads `{{table}}` without any filter when {{undefinedValues}}: {{why}}, and `{{call}}` drops a condition whose value is undefined.",
    readsMore: "Reads more rows of `{{table}}` than meant when {{undefinedValues}}: {{why}}, and `{{call}}` drops a condition whose value is undefined.",
    requireValue: "Fail when the value is missing.",
  },
  options: {
    reads: {
      enum: ["none", "one", "all"],
      description: "Which reads are reported: `none`, those that return `one` row, or `all`. Writes always are.",
    },
  },
  defaults: { reads: "one" },
  *check(query, { facts, options }) {
    if (query.sending !== "now" || (options.reads === "none" && query.kind === "select")) return;
    const returnsList = query.kind === "select" && !returnsOne(query);
    // Where `undefined` is written, somebody means it, unless a write or the choice of one row loses all of its filter.
    const all = facts.droppedConditions().filter(({ deliberate, leavesAll }) => !deliberate || (leavesAll === "yes" && !returnsList));
    // A search form leaves conditions out on purpose; what was looked up and not found is left out by accident.
    const conditions = !returnsList || options.reads === "all" ? all : all.filter(({ accidental }) => accidental);
    const worst = conditions.find(({ leavesAll }) => leavesAll === "yes") ?? conditions[0];
    if (worst === undefined) return;
    const everything = worst.leavesAll === "yes";
    const columns = everything ? conditions.map(({ column }) => column.name) : [worst.column.name];
    yield {
      range: query.locate(worst.span),
      messageId: messageFor(query, everything),
      data: {
        verb: query.kind === "update" ? "Updates" : "Deletes",
        table: tableLabel(query, facts),
        undefinedValues: `${listOfNames(columns)} ${new Set(columns).size === 1 ? "is" : "are"} undefined`,
        why: worst.why,
        call: query.site.name,
      },
      suggestions: [{ messageId: "requireValue", edits: () => query.edits.requireValue?.(conditions.map(({ span }) => span)) }],
    };
  },
});

function messageFor(query: Query, all: boolean): MessageId {
  if (query.kind !== "select") return all ? "writesAll" : "writesMore";
  if (returnsOne(query)) return all ? "readsAny" : "readsOther";
  return all ? "readsAll" : "readsMore";
}

function returnsOne(query: Query): boolean {
  return query.delivery === "one" || query.delivery === "one-unlimited";
}
