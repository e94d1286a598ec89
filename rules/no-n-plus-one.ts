import { defineRule, tableLabel, type Query, type Repetition, type RepeatedOperation } from "../src/rule.js";

export interface Options {
  /** Also report writes of different values per element, which many libraries cannot send as one statement. */
  readonly updateDifferent: boolean;
}

export type MessageId = "read" | "insert" | "updateSame" | "updateDifferent" | "delete" | "upsert" | "invariant";

const MESSAGES: Readonly<Record<RepeatedOperation, MessageId>> = {
  read: "read",
  insert: "insert",
  "update-same": "updateSame",
  "update-different": "updateDifferent",
  delete: "delete",
  upsert: "upsert",
  invariant: "invariant",
};

export default defineRule<Options, MessageId>({
  id: "no-n-plus-one",
  description: "Disallow a query per element of a loop",
  preset: "recommended",
  strictOptions: { updateDifferent: true },
  reached: true,
  messages: {
    read: "Reads `{{table}}` {{once}}{{via}}: {{cost}}. Read them together: {{remedy}}.",
    insert: "Inserts into `{{table}}` {{once}}{{via}}: {{cost}}. Insert the rows together: {{remedy}}.",
    updateSame: "Updates `{{table}}` with the same values {{once}}{{via}}: {{cost}}. Update the rows together: {{remedy}}.",
    updateDifferent: "Updates `{{table}}` {{once}}{{via}}: {{cost}}. Send the values together: {{remedy}}.",
    delete: "Deletes from `{{table}}` {{once}}{{via}}: {{cost}}. Delete the rows together: {{remedy}}.",
    upsert: "Upserts into `{{table}}` {{once}}{{via}}: {{cost}}. Send the rows together: {{remedy}}.",
    invariant: "Repeats the same query on `{{table}}` {{once}}{{via}}: nothing in it depends on the loop. Move it before the loop.",
  },
  options: {
    updateDifferent: {
      type: "boolean",
      description: "Also report updates that write different values per element, which many libraries cannot send as one statement.",
    },
  },
  defaults: { updateDifferent: false },
  *check(query, { facts, options, place }) {
    for (const repetition of facts.repetitions()) {
      if (repetition.operation === "update-different" && !options.updateDifferent) continue;
      yield {
        range: repetition.place,
        messageId: MESSAGES[repetition.operation],
        data: {
          table: tableLabel(query, facts),
          once: onceWords(repetition),
          via: viaWords(repetition, place),
          cost: costWords(query, repetition),
          remedy: remedyWords(query, repetition.operation),
        },
      };
    }
  },
});

function onceWords({ over, loopLine, loopKind, depth }: Repetition): string {
  const element = over === undefined ? "per round" : `per element of \`${over}\``;
  const nesting = depth > 1 ? `, ${depth} loops deep` : "";
  return `once ${element}, in the \`${loopKind}\` at line ${loopLine}${nesting}`;
}

function viaWords({ via, target }: Repetition, place: (where: { readonly file: string; readonly line: number }) => string): string {
  const where = target === undefined ? "" : ` (${place(target)})`;
  return via.length === 0 ? where : `, through ${via.map((name) => `\`${name}\``).join(" and ")}${where}`;
}

function costWords({ dialect }: Query, { concurrent, depth }: Repetition): string {
  if (depth > 1) return "the number of queries is the product of both loops";
  // SQLite runs in the process, where nothing travels and nothing waits for a connection.
  if (dialect === "sqlite") return "n elements run n statements";
  return concurrent ? "n elements send n queries at once" : "n elements cost n round trips";
}

function remedyWords({ bulk, locking }: Query, operation: RepeatedOperation): string {
  switch (operation) {
    case "read":
      return `${bulk.read ?? "one query for all keys"}${locking ? ", ordered by the key so that it locks in that order" : ""}`;
    case "insert":
      return bulk.insert ?? "one multi-row insert";
    case "update-same":
      return bulk.updateSame ?? "one update for all keys";
    case "delete":
      return bulk.delete ?? "one delete for all keys";
    case "update-different":
      return "one update from a list of values";
    case "upsert":
      return bulk.upsert ?? "one multi-row insert that updates on conflict";
    case "invariant":
      return "one query";
  }
}
