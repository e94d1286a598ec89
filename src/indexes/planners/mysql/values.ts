/**
 * Which values an index on a column finds: the type of the column against that of the value. Where the comparison is made
 * in another type or collation than the column's, every row is converted (MySQL manual 14.3 and 10.3.1; MariaDB,
 * `Field::can_optimize_range`; measured on MariaDB 10.11).
 */
import type { Tri } from "../../../base/tri.js";
import type { Operand } from "../../../query/model.js";
import type { Column } from "../../../schema/model.js";
import type { AccessReason } from "../../access.js";

/** Families of types that are compared alike. */
export type Family = "integer" | "number" | "text" | "binary" | "temporal" | "enum" | "other";

const FAMILIES: Readonly<Record<string, Family>> = {
  integer: "integer", smallint: "integer", tinyint: "integer", mediumint: "integer", bigint: "integer", boolean: "integer", bit: "other",
  numeric: "number", double: "number", real: "number", year: "number",
  varchar: "text", char: "text", text: "text", uuid: "other", json: "text",
  varbinary: "binary", binary: "binary", blob: "binary", tinyblob: "binary", mediumblob: "binary", longblob: "binary",
  date: "temporal", datetime: "temporal", timestamp: "temporal", time: "temporal",
  enum: "enum", set: "enum",
};

/** Undefined when the type is not known. */
export function familyOf(column: Column): Family | undefined {
  if (column.enumeration === true) return "enum";
  return column.type === undefined ? undefined : (FAMILIES[column.type] ?? "other");
}

/** What a value is to a comparison. */
type Kind = "integer" | "number" | "text" | "temporal" | "unknown";

function kindOf(operand: Operand): Kind {
  switch (operand.kind) {
    case "literal":
      if (operand.sqlType !== undefined) return kindOfType(operand.sqlType);
      if (typeof operand.value === "string") return "text";
      return typeof operand.value === "number" && !Number.isInteger(operand.value) ? "number" : operand.value === null ? "unknown" : "integer";
    case "parameter":
      switch (operand.type) {
        case "number":
        case "bigint":
        case "boolean":
          return "number";
        case "string":
          return "text";
        case "date":
          return "temporal";
        default:
          return "unknown";
      }
    case "expression":
      return operand.sqlType === undefined ? "unknown" : kindOfType(operand.sqlType);
    case "column":
    case "subquery":
      return "unknown";
  }
}

function kindOfType(type: string): Kind {
  const name = type.toLowerCase();
  if (/^(?:date|time)/u.test(name)) return "temporal";
  if (/char|text|^binary/u.test(name)) return "text";
  if (/int|signed/u.test(name)) return "integer";
  return /dec|num|float|double|real/u.test(name) ? "number" : "unknown";
}

/** Undefined: an index on the column finds the value. */
export type Problem = { readonly verdict: "unusable" | "unknown"; readonly reason: AccessReason } | undefined;

const no = (reason: AccessReason): Problem => ({ verdict: "unusable", reason });
const perhaps = (reason: AccessReason): Problem => ({ verdict: "unknown", reason });

/** `equal`: `=`, `<=>` and IN with one value; `list`: IN; the rest are ranges. */
export type Comparison = "equal" | "list" | "range" | "between";

/** Does an index on the column find one value? */
export function problemWith(column: Column, operand: Operand, comparison: Comparison, isMariadb: boolean): Problem {
  if (operand.kind === "expression" && operand.volatile !== "no") return operand.volatile === "yes" ? no("volatile") : perhaps("operator");
  if (operand.kind === "literal" && operand.value === null) return comparison === "equal" || comparison === "list" ? undefined : perhaps("type-mismatch");
  const family = familyOf(column);
  if (operand.kind === "subquery") {
    // Read once before the table; a range wants the value before that.
    return comparison === "equal" && (family === "integer" || family === "number") ? undefined : perhaps("subquery");
  }
  const kind = kindOf(operand);
  switch (family) {
    case "text":
    case "binary":
      return byText(column, operand, kind, comparison, isMariadb);
    case "integer":
    case "number":
      if (kind === "temporal") return isMariadb && operand.kind !== "parameter" && column.type === "integer" ? no("type-mismatch") : perhaps("type-mismatch");
      if (kind === "text" && comparison !== "equal" && comparison !== "list") return operand.kind === "literal" && isNumber(operand.value) ? undefined : perhaps("type-mismatch");
      return undefined;
    case "temporal":
      if (comparison === "equal" || comparison === "list" || comparison === "between" || kind === "temporal" || kind === "unknown") return undefined;
      return operand.kind === "literal" && isDate(operand.value) ? undefined : perhaps("type-mismatch");
    case "enum":
      if (kind === "temporal") return perhaps("type-mismatch");
      if (comparison === "equal" || comparison === "list") return collationOf(operand) === undefined ? undefined : perhaps("collation");
      return isMariadb ? no("type-mismatch") : perhaps("type-mismatch");
    case "other":
      return perhaps("type-mismatch");
    case undefined:
      // A type that is not known may be a text.
      return kind === "integer" || kind === "number" || collationOf(operand) !== undefined ? perhaps("type-mismatch") : undefined;
  }
}

function byText(column: Column, operand: Operand, kind: Kind, comparison: Comparison, isMariadb: boolean): Problem {
  switch (kind) {
    case "integer":
    case "number":
      // What a parameter is sent as, the driver decides.
      return operand.kind === "parameter" ? perhaps("type-mismatch") : no("type-mismatch");
    case "temporal":
      return operand.kind === "parameter" || !isMariadb ? perhaps("type-mismatch") : no("type-mismatch");
    case "unknown":
      return operand.kind === "parameter" ? undefined : perhaps("type-mismatch");
    case "text":
      break;
  }
  // BINARY 'x' is compared by its bytes: what is equal in bytes is equal in any collation.
  const isBytes = (operand.kind === "literal" || operand.kind === "parameter") && operand.sqlType?.toLowerCase() === "binary";
  if (isBytes) return isMariadb && comparison === "equal" ? undefined : familyOf(column) === "binary" ? undefined : isMariadb && comparison === "range" ? no("operator-class") : perhaps("collation");
  if (operand.kind === "literal" && operand.sqlType !== undefined) return perhaps("collation");
  const wanted = collationOf(operand);
  if (wanted === undefined) return undefined;
  const same = sameCollation(column.collation, wanted);
  if (same !== "no") return same === "yes" ? undefined : perhaps("collation");
  // What is equal in bytes is equal in every collation of the same character set.
  const isStricter = isMariadb && wanted.endsWith("_bin") && column.collation !== undefined && charsetOf(column.collation) === charsetOf(wanted);
  return isStricter && comparison === "equal" ? undefined : isStricter && comparison === "list" ? perhaps("collation") : no("operator-class");
}

function collationOf(operand: Operand): string | undefined {
  return operand.kind === "literal" || operand.kind === "parameter" ? operand.collation?.toLowerCase() : undefined;
}

function charsetOf(collation: string): string {
  return collation.toLowerCase().split("_")[0] ?? "";
}

/** Is the collation that is asked for the column's? It is not known where the schema names none. */
export function sameCollation(own: string | undefined, wanted: string): Tri {
  if (own === undefined) return "unknown";
  const plain = (name: string): string => name.toLowerCase().replace(/^utf8_/u, "utf8mb3_");
  return plain(own) === plain(wanted) ? "yes" : "no";
}

function isNumber(value: string | number | boolean | bigint | null): boolean {
  return typeof value === "string" ? /^\s*[-+]?\d+(?:\.\d+)?\s*$/u.test(value) : value !== null;
}

function isDate(value: string | number | boolean | bigint | null): boolean {
  return /^(?:\d{4}-\d{1,2}-\d{1,2}(?:[ T].*)?|\d{8}|\d{14}|\d{1,2}:\d{2}(?::\d{2}.*)?)$/u.test(String(value));
}

/** Lists are compared in one type: that of all values together. */
export function problemWithList(column: Column, operands: readonly Operand[], isMariadb: boolean): Problem {
  const [only, ...others] = operands;
  if (only !== undefined && others.length === 0) return problemWith(column, only, "equal", isMariadb);
  const problems = operands.map((operand) => problemWith(column, operand, "list", isMariadb));
  const found = problems.find((problem) => problem?.verdict === "unusable") ?? problems.find((problem) => problem !== undefined);
  if (found !== undefined) return found;
  const kinds = new Set(operands.map(kindOf));
  const family = familyOf(column);
  const holdsNull = operands.some((operand) => operand.kind === "literal" && operand.value === null);
  if (holdsNull && family !== "integer" && family !== "number") return perhaps("type-mismatch");
  if (family !== "integer" && family !== "number" && family !== "enum") return undefined;
  if (kinds.has("text") && kinds.size > 1) return isMariadb && (column.type === "integer" || family === "enum") ? no("type-mismatch") : perhaps("type-mismatch");
  if (kinds.has("number") && family === "integer") return perhaps("type-mismatch");
  return undefined;
}
