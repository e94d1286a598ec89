/** Rows as drivers give them: nothing is known of a value before it is looked at. */

export type Row = Readonly<Record<string, unknown>>;

/** Rows of a result; what is no object is dropped. */
export function rowsOf(value: unknown): readonly Row[] {
  return Array.isArray(value) ? value.filter(isRow) : [];
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A text; undefined for NULL and for what is none. */
export function text(row: Row, name: string): string | undefined {
  const value = row[name];
  if (typeof value === "string") return value;
  // Some servers give names of their catalogue as binary strings.
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : undefined;
}

/** A text that the catalogue always has. */
export function name(row: Row, column: string): string {
  return text(row, column) ?? "";
}

/** A number, also one that arrives as text because it may be large. */
export function number(row: Row, column: string): number | undefined {
  const value = row[column];
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  return typeof value === "string" && value !== "" && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

/** True for true, 1 and their words. */
export function flag(row: Row, column: string): boolean {
  const value = row[column];
  return value === true || value === 1 || value === 1n || value === "t" || value === "YES";
}

export function texts(row: Row, column: string): readonly string[] {
  const value = row[column];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Rows by the value of a column, in their order. */
export function groups(rows: readonly Row[], key: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const found = new Map<string, Row[]>();
  for (const row of rows) {
    const group = found.get(key(row));
    if (group === undefined) found.set(key(row), [row]);
    else group.push(row);
  }
  return found;
}
