import { defineRule, isNamed, listOfNames, sizeLabel, type KeyUse, type UnindexedKey } from "../src/rule.js";

export interface Options {
  /** Also report queries that come to the table by the key. */
  readonly filters: boolean;
  /** Tables of which the number of rows is known are reported from this many on. */
  readonly minRows: number;
  /** Tables whose keys need no index. */
  readonly ignoreTables: readonly string[];
}

export type MessageId = "declared" | "delete" | "update" | "several" | "filter" | "join";

export default defineRule<Options, MessageId>({
  id: "require-foreign-key-index",
  description: "Require an index that leads with each foreign key",
  preset: "strict",
  strictOptions: { filters: false },
  messages: {
    declared: "No index of `{{table}}`{{size}} begins with its foreign key {{columns}}: each row that is deleted from `{{parent}}` scans `{{table}}`, and so does a join from there.{{proposal}}",
    delete: "Scans `{{table}}`{{size}} for each row that is deleted from `{{parent}}`: no index begins with its foreign key {{columns}} ({{place}}).{{proposal}}",
    update: "Scans `{{table}}`{{size}} for each key that is changed in `{{parent}}`: no index begins with its foreign key {{columns}} ({{place}}).{{proposal}}",
    several: "Scans {{number}} tables for each row that is {{change}} `{{parent}}`: no index begins with their foreign keys {{keys}} ({{place}}).",
    filter: "Scans `{{table}}`{{size}} to filter by its foreign key {{columns}}, which no index begins with ({{place}}).{{proposal}}",
    join: "Scans `{{table}}`{{size}} to join it by its foreign key {{columns}}, which no index begins with ({{place}}).{{proposal}}",
  },
  options: {
    filters: { type: "boolean", description: "Also report queries that come to the table by the key, which `no-unindexed-filter` reports as well." },
    minRows: { type: "integer", minimum: 0, description: "Tables of which the number of rows is known are reported from this many on." },
    ignoreTables: {
      type: "array",
      items: { type: "string" },
      uniqueItems: true,
      description: "Tables whose foreign keys need no index, by the name of the table or of its model.",
    },
  },
  defaults: { filters: true, minRows: 0, ignoreTables: [] },
  *checkTable(_table, { facts, options, place }) {
    for (const key of facts.unindexedKeys()) {
      if (!isIgnored(key, options)) yield { range: key.range, messageId: "declared", data: wordsOf(key, place(key.provenance)) };
    }
  },
  *check(query, { facts, options, place }) {
    if (query.sending !== "now") return;
    const uses = facts.keyUses().filter((key) => !isIgnored(key, options) && (options.filters || !isWayIn(key)));
    const ofParent = uses.filter((key) => !isWayIn(key));
    const [first] = ofParent;
    if (first !== undefined && ofParent.length > 1) yield { range: query.locate(first.span), messageId: "several", data: severalWords(first, ofParent, place(first.provenance)), once: ofParent.map(nameOf).join() };
    for (const key of ofParent.length > 1 ? uses.filter(isWayIn) : uses) {
      // The key is one mistake, however many queries of the file suffer from it.
      yield { range: query.locate(key.span), messageId: key.use, data: wordsOf(key, place(key.provenance)), once: nameOf(key) };
    }
  },
});

function nameOf({ table, columns }: UnindexedKey): string {
  return columns.map((column) => `${table.name}.${column}`).join();
}

function severalWords({ parent, use }: KeyUse, keys: readonly KeyUse[], place: string): Record<string, string | number> {
  const change = use === "delete" ? "deleted from" : "given another key in";
  return { number: new Set(keys.map(({ table }) => table.name)).size, change, parent, keys: listOfNames(keys.map(nameOf)), place };
}

function isWayIn({ use }: KeyUse): boolean {
  return use === "filter" || use === "join";
}

function isIgnored({ table, rows }: UnindexedKey, { minRows, ignoreTables }: Options): boolean {
  return (rows !== undefined && rows < minRows) || isNamed(table, ignoreTables);
}

function wordsOf({ table, columns, parent, rows, proposal }: UnindexedKey, place: string): Record<string, string> {
  const words = proposal === undefined ? "" : (proposal.declaration ?? proposal.ddl);
  return {
    table: table.name,
    columns: listOfNames(columns),
    parent,
    size: sizeLabel(rows),
    place,
    proposal: words === "" ? "" : words.includes("`") ? ` Add ${words}.` : ` Add \`${words}\`.`,
  };
}
