/** What is different between two snapshots, without what changes by itself: rows, sizes, versions and days. */
import type { Snapshot, SnapshotTable } from "../schema/snapshot.js";

/** One line for each difference, from the file to the database; empty when the structure is the same. */
export function differences(file: Snapshot, database: Snapshot): readonly string[] {
  const found: string[] = [];
  if (file.server.kind !== database.server.kind) found.push(`server: ${file.server.kind} is now ${database.server.kind}`);
  if (file.server.collation !== database.server.collation) found.push(`collation of the database: ${file.server.collation ?? "none"} is now ${database.server.collation ?? "none"}`);
  compareLists(file.tables, database.tables, nameOf, (own) => `table ${own}`, found, (before, after) => found.push(...compareTables(before, after)));
  return found;
}

function nameOf(table: SnapshotTable): string {
  return table.schema === undefined ? table.name : `${table.schema}.${table.name}`;
}

function compareTables(before: SnapshotTable, after: SnapshotTable): readonly string[] {
  const found: string[] = [];
  const own = nameOf(before);
  if (before.kind !== after.kind) found.push(`${own}: ${before.kind} is now ${after.kind}`);
  if (before.uncertain !== after.uncertain) found.push(`${own}: ${after.uncertain ?? `no longer: ${before.uncertain ?? ""}`}`);
  const changed = (what: string) => (left: object, right: object): void => {
    const [from, to] = [textOf(left), textOf(right)];
    if (from !== to) found.push(`${own}: ${what} ${from} is now ${to}`);
  };
  compareLists(before.columns, after.columns, (column) => column.name, (name) => `${own}: column ${name}`, found, changed("column"));
  // What has no name is known by what it is.
  compareLists(before.indexes, after.indexes, (index) => index.name ?? textOf(index), (name) => `${own}: index ${name}`, found, changed("index"));
  compareLists(before.foreignKeys, after.foreignKeys, textOf, (name) => `${own}: foreign key ${name}`, found, () => undefined);
  return found;
}

/** Members in one order, so that a file that was written by hand compares the same. */
function textOf(item: object): string {
  return JSON.stringify(item, (_, value: unknown) => (typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))) : value));
}

function compareLists<Item>(before: readonly Item[], after: readonly Item[], keyOf: (item: Item) => string, label: (key: string) => string, found: string[], both: (before: Item, after: Item) => void): void {
  const left = new Map(before.map((item) => [keyOf(item), item]));
  const right = new Map(after.map((item) => [keyOf(item), item]));
  for (const key of [...new Set([...left.keys(), ...right.keys()])].sort()) {
    const [first, second] = [left.get(key), right.get(key)];
    if (first === undefined) found.push(`${label(key)} is new in the database`);
    else if (second === undefined) found.push(`${label(key)} is no longer in the database`);
    else both(first, second);
  }
}
