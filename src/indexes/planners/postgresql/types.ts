/** Types of expressions, and which types an index of a type is compared with (pg_amop: the operator families). */
import type { Operand } from "../../../query/model.js";
import type { Table } from "../../../schema/model.js";
import { normaliseType } from "../../../schema/types.js";
import { findColumn } from "../../columns.js";
import type { Node } from "../../syntax.js";

/** Types whose operators are in one family: an index on one serves comparisons with the others. */
const FAMILIES: Readonly<Record<string, string>> = {
  smallint: "integer", integer: "integer", bigint: "integer",
  real: "float", double: "float", numeric: "numeric",
  text: "text", varchar: "text", name: "text", char: "bpchar", citext: "citext",
  date: "datetime", timestamp: "datetime", timestamptz: "datetime", time: "time", timetz: "timetz", interval: "interval",
  uuid: "uuid", boolean: "boolean", bytea: "bytea", jsonb: "jsonb", inet: "network", cidr: "network", macaddr: "macaddr", enum: "enum", oid: "oid", money: "money", bit: "bit", varbit: "bit", ltree: "ltree",
};

export function familyOf(type: string | undefined): string | undefined {
  if (type === undefined) return undefined;
  return type.endsWith("[]") ? type : FAMILIES[type];
}

/** Types that a collation orders. */
export function hasCollation(type: string | undefined): boolean {
  return type === undefined || ["text", "bpchar", "citext"].includes(familyOf(type) ?? "");
}

const NUMBERS = ["smallint", "integer", "bigint", "numeric", "real", "double"];
const TEXT_FUNCTIONS: ReadonlySet<string> = new Set(["lower", "upper", "initcap", "trim", "btrim", "ltrim", "rtrim", "concat", "concat_ws", "substring", "substr", "left", "right", "replace", "md5", "reverse", "to_char", "split_part", "regexp_replace", "translate", "unaccent", "immutable_unaccent", "f_unaccent"]);
const SAME_AS_ARGUMENT: ReadonlySet<string> = new Set(["coalesce", "nullif", "greatest", "least", "abs"]);

/** Type of an expression over the columns of a table; undefined when it is not known. */
export function typeOf(node: Node, table: Table): string | undefined {
  switch (node.kind) {
    case "name": {
      const column = findColumn({ name: node.name }, table);
      return column?.enumeration === true ? "enum" : column?.type;
    }
    case "literal":
      return typeof node.value === "number" ? (/[.e]/iu.test(node.written) ? "numeric" : "integer") : typeof node.value === "boolean" ? "boolean" : undefined;
    case "cast":
      return normaliseType(node.type);
    case "collate":
    case "unary":
      return typeOf(node.item, table);
    case "call": {
      if (TEXT_FUNCTIONS.has(node.name)) return "text";
      if (SAME_AS_ARGUMENT.has(node.name)) return node.args.map((argument) => typeOf(argument, table)).find((type) => type !== undefined);
      switch (node.name) {
        case "date_trunc":
          return node.args[1] === undefined ? undefined : truncated(typeOf(node.args[1], table));
        case "timezone":
          return node.args[1] === undefined ? undefined : turned(typeOf(node.args[1], table));
        case "length":
        case "char_length":
          return "integer";
        case "extract":
          return "numeric";
        case "date":
          return "date";
        case "to_tsvector":
          return "tsvector";
        default:
          return undefined;
      }
    }
    case "binary":
      return typeOfOperation(node.op, typeOf(node.left, table), typeOf(node.right, table));
    case "logical":
    case "not":
    case "null":
    case "truth":
    case "in":
    case "between":
      return "boolean";
    case "array":
    case "parameter":
      return undefined;
  }
}

function truncated(type: string | undefined): string | undefined {
  return type === "date" ? "timestamptz" : type;
}

/** AT TIME ZONE adds what is missing and takes away what is there. */
function turned(type: string | undefined): string | undefined {
  return type === "timestamptz" ? "timestamp" : type === "timestamp" || type === "date" ? "timestamptz" : undefined;
}

function typeOfOperation(op: string, left: string | undefined, right: string | undefined): string | undefined {
  switch (op) {
    case "->>":
    case "#>>":
      return "text";
    case "->":
    case "#>":
      return left;
    case "||":
      return left === "jsonb" || left === "tsvector" || left?.endsWith("[]") === true ? left : "text";
    case "+":
    case "-":
    case "*":
    case "/":
    case "%": {
      const [one, other] = [NUMBERS.indexOf(left ?? ""), NUMBERS.indexOf(right ?? "")];
      return one >= 0 && other >= 0 ? NUMBERS[Math.max(one, other)] : undefined;
    }
    case "=":
    case "<":
    case ">":
    case "<=":
    case ">=":
    case "<>":
    case "like":
    case "ilike":
      return "boolean";
    default:
      return undefined;
  }
}

/** Type of a value beside a column, as written; undefined when it takes the column's. */
export function typeOfOperand(operand: Operand): string | undefined {
  switch (operand.kind) {
    case "literal":
      if (operand.sqlType !== undefined) return normaliseType(operand.sqlType);
      if (typeof operand.value === "bigint") return "bigint";
      return typeof operand.value === "number" ? (Number.isInteger(operand.value) ? "integer" : "numeric") : typeof operand.value === "boolean" ? "boolean" : undefined;
    case "parameter":
    case "expression":
      return operand.sqlType === undefined ? undefined : normaliseType(operand.sqlType);
    case "column":
    case "subquery":
      return undefined;
  }
}

/**
 * Does the column keep its own type in a comparison with the value? `no`: the column is converted, so that its index does
 * not serve (manual 10.2: the operator whose arguments need the fewest conversions, preferred types first).
 */
export function keepsType(column: string | undefined, operand: Operand, element = false): "yes" | "no" | "unknown" {
  const written = typeOfOperand(operand);
  const value = element && written?.endsWith("[]") === true ? written.slice(0, -2) : written;
  if (value === undefined) {
    // A literal in quotes and a parameter take the column's type; a computed value has its own.
    if (operand.kind !== "expression") return "yes";
    const family = familyOf(column);
    return family === "datetime" || family === "text" || family === "uuid" || family === "boolean" || family === "enum" ? "yes" : "unknown";
  }
  if (column === undefined) return operand.kind === "literal" && operand.sqlType === undefined ? "yes" : "unknown";
  if (value === column) return "yes";
  const own = familyOf(column);
  const other = familyOf(value);
  if (own === undefined || other === undefined) return "unknown";
  if (own === other) return "yes";
  switch (own) {
    case "integer":
      return other === "numeric" || other === "float" ? "no" : "unknown";
    case "numeric":
      return other === "integer" ? "yes" : other === "float" ? "no" : "unknown";
    case "float":
      return other === "integer" || other === "numeric" ? "yes" : "unknown";
    case "bpchar":
      return value === "varchar" ? "yes" : other === "text" ? "no" : "unknown";
    default:
      // A number beside a text is an error in SQL; a library sends it as a parameter, which takes the column's type.
      return operand.kind === "literal" && operand.sqlType === undefined ? "yes" : "unknown";
  }
}
