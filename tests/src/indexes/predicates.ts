/** Short names for predicates and tables, for the tables of the tests. */
import type { ColumnRef, ColumnWrapper, ComparisonOperator, Operand, Predicate, Statement } from "../../../src/query/model.js";
import type { Column, ForeignKey, Index, IndexPart, Relation, Table } from "../../../src/schema/model.js";

const SPAN = { start: 0, end: 0 };
const PROVENANCE = { file: "/schema.sql", line: 1, kind: "sql" } as const;

export function col(name: string, wrappers: readonly ColumnWrapper[] = []): ColumnRef {
  const [table, own] = name.includes(".") ? name.split(".") : [undefined, name];
  return { ...(table === undefined ? {} : { table }), name: own ?? name, span: SPAN, wrappers };
}

export const param: Operand = { kind: "parameter", placeholder: 1 };
export const lit = (value: string | number | boolean | null): Operand => ({ kind: "literal", value });
export const cmp = (column: string | ColumnRef, operator: ComparisonOperator, operand: Operand = param): Predicate => ({ op: "compare", column: typeof column === "string" ? col(column) : column, operator, operand, span: SPAN });
export const eq = (column: string | ColumnRef, operand: Operand = param): Predicate => cmp(column, "=", operand);
export const joined = (left: string, right: string, operator: ComparisonOperator = "="): Predicate => cmp(left, operator, { kind: "column", column: col(right) });
export const oneOf = (column: string, ...operands: Operand[]): Predicate => ({ op: "in", column: col(column), negated: false, values: { kind: "list", operands }, span: SPAN });
export const notIn = (column: string): Predicate => ({ op: "in", column: col(column), negated: true, values: { kind: "list", operands: [param] }, span: SPAN });
export const anyOf = (column: string): Predicate => ({ op: "in", column: col(column), negated: false, values: { kind: "array", operand: param }, span: SPAN });
export const inQuery = (column: string, statement: Statement): Predicate => ({ op: "in", column: col(column), negated: false, values: { kind: "subquery", statement }, span: SPAN });
export const like = (column: string | ColumnRef, pattern?: string, insensitive = false): Predicate => {
  const prefix = pattern === undefined ? undefined : /^[^%_]*/u.exec(pattern)?.[0];
  return { op: "like", column: typeof column === "string" ? col(column) : column, negated: false, insensitive, ...(prefix === undefined ? {} : { prefix }), pattern: pattern === undefined ? param : lit(pattern), span: SPAN };
};
export const isNull = (column: string): Predicate => ({ op: "null", column: col(column), negated: false, span: SPAN });
export const notNull = (column: string): Predicate => ({ op: "null", column: col(column), negated: true, span: SPAN });
export const between = (column: string): Predicate => ({ op: "between", column: col(column), negated: false, low: param, high: param, span: SPAN });
export const flag = (column: string, value = true, form: "bare" | "is" = "bare"): Predicate => ({ op: "boolean", column: col(column), value, form, span: SPAN });
export const and = (...items: Predicate[]): Predicate => ({ op: "and", items });
export const or = (...items: Predicate[]): Predicate => ({ op: "or", items });
export const not = (item: Predicate): Predicate => ({ op: "not", item });
export const maybe = (item: Predicate): Predicate => ({ op: "optional", item, cause: "condition", droppable: "yes", span: SPAN });
export const always: Predicate = { op: "constant", value: true, written: false };
export const never: Predicate = { op: "constant", value: false, written: true };
export const opaque: Predicate = { op: "opaque", restricts: "yes", reason: "test" };
export const related = (relation: string, item: Predicate = always): Predicate => ({ op: "relation", relation, item, span: SPAN });
export const some = (relation: string, negated = false): Predicate => ({ op: "exists", relation, negated, span: SPAN });
export const operator = (name: string, ...columns: string[]): Predicate => ({ op: "operator", operator: name, columns: columns.map((column) => col(column)), operands: [param], span: SPAN });
export const lower = (column: string): ColumnRef => col(column, [{ kind: "function", name: "lower", text: `lower(${column})` }]);
export const cast = (column: string, type: string): ColumnRef => col(column, [{ kind: "cast", type }]);
export const plus = (column: string): ColumnRef => col(column, [{ kind: "arithmetic" }]);
export const collate = (column: string, collation: string): ColumnRef => col(column, [{ kind: "collate", collation }]);

/** `a, b desc, (lower(email)), name text_pattern_ops, name collate nocase` with ` where …`, ` using …`. */
export function index(text: string): Index {
  const [, unique, method, body, where] = /^(unique |primary )?(?:using (\w+) )?(.*?)(?: where (.*))?$/u.exec(text) ?? [];
  const parts = (body ?? "").split(/,\s*(?![^(]*\))/u).map((part): IndexPart => {
    if (part.startsWith("(")) return { expression: part };
    const [column, ...options] = part.split(" ");
    const at = options.indexOf("collate");
    const collation = at === -1 ? undefined : options[at + 1];
    const operatorClass = options.find((option) => option.endsWith("_ops"));
    return {
      ...(column === undefined ? {} : { column }),
      ...(options.includes("desc") ? { descending: true } : {}),
      ...(collation === undefined ? {} : { collation }),
      ...(operatorClass === undefined ? {} : { operatorClass }),
    };
  });
  const methods: readonly Index["method"][] = ["hash", "gin", "gist", "brin", "fulltext"];
  return {
    name: text,
    kind: unique === "unique " ? "unique" : unique === "primary " ? "primary" : "index",
    method: methods.find((candidate) => candidate === method) ?? "btree",
    parts,
    include: [],
    ...(where === undefined ? {} : { where }),
    provenance: PROVENANCE,
  };
}

const COLUMNS: Readonly<Record<string, string>> = { id: "integer", a: "integer", b: "integer", c: "integer", email: "text", name: "varchar", flag: "boolean", kind: "enum", deleted_at: "timestamp", tags: "text[]", meta: "jsonb", created_at: "timestamp" };

export function table(indexes: readonly string[], more: { readonly foreignKeys?: readonly string[]; readonly relations?: readonly Relation[]; readonly collations?: Readonly<Record<string, string>>; readonly uncertain?: string; readonly view?: boolean } = {}): Table {
  const { foreignKeys = [], relations = [], collations = {}, ...rest } = more;
  return {
    name: "t",
    columns: Object.entries(COLUMNS).map(([name, type]): Column => {
      const collation = collations[name];
      return { name, type, nullable: "unknown", ...(collation === undefined ? {} : { collation }), provenance: PROVENANCE };
    }),
    indexes: indexes.map(index),
    foreignKeys: foreignKeys.map((column): ForeignKey => ({ columns: [column], referencedTable: "p", referencedColumns: ["id"], provenance: PROVENANCE })),
    relations,
    ...rest,
    provenance: PROVENANCE,
  };
}
