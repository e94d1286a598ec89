/**
 * The index that would serve a filter: equality columns first, since each of them narrows the range that the next column
 * is read in, then one range or the order (PostgreSQL manual 11.3, MySQL 10.2.1.2; a column after a range does not narrow).
 */
import type { ColumnRef, Dialect, OrderItem, Predicate } from "../query/model.js";
import type { Column, Table } from "../schema/model.js";
import { hasFewValues, resolve, type Relation } from "./columns.js";

export interface IndexProposal {
  /** Names in the database, in index order. */
  readonly columns: readonly string[];
  /** `CREATE INDEX …` in the dialect. */
  readonly ddl: string;
  /** The declaration, where the table is declared in a library's own terms: `@@index([a, b])`, `index().on(t.a, t.b)`. */
  readonly declaration?: string;
}

export interface ProposalQuestion {
  readonly table: Table;
  readonly predicate: Predicate;
  readonly dialect: Dialect | undefined;
  readonly order?: readonly OrderItem[];
  readonly alias?: string;
  readonly alone?: boolean;
}

/** More columns cost more on every write than they save. */
const MOST_COLUMNS = 4;

/** Types that a B-tree does not index, or not usefully. */
const UNFIT = /^(?:jsonb?|blob|xml|point|polygon|geometry|geography|vector|tsvector)$|\[\]$/u;

/** Undefined when a plain composite index would not help: only wrapped columns, patterns, or a choice between columns. */
export function proposeIndex(question: ProposalQuestion): IndexProposal | undefined {
  const relation: Relation = { table: question.table, alias: question.alias, alone: question.alone ?? true };
  const required = candidates(question.predicate, relation, false);
  const found = required.equal.length + required.range.length > 0 ? required : candidates(question.predicate, relation, true);
  const isWeak = (column: Column): boolean => hasFewValues(column) || found.nulls.has(column.name);
  const equal = [...found.equal].sort((left, right) => Number(isWeak(left)) - Number(isWeak(right))).slice(0, MOST_COLUMNS);
  const columns = new Map(equal.map((column) => [column.name, column]));
  const ordered = columns.size > 0 && found.range.length === 0 ? orderColumns(question.order ?? [], relation) : [];
  // An index on nothing but flags and null tests divides the table in two; with the order behind them it serves a queue.
  if (equal.length > 0 && equal.every(isWeak) && found.range.length === 0 && ordered.length === 0) return undefined;
  for (const column of found.range.length > 0 ? found.range.slice(0, 1) : ordered.slice(0, 1)) if (columns.size < MOST_COLUMNS) columns.set(column.name, column);
  if (columns.size === 0) return undefined;
  const chosen = [...columns.values()];
  const declaration = declare(question.table, chosen);
  return { columns: chosen.map((column) => column.name), ddl: createIndex(question.table, chosen, question.dialect), ...(declaration === undefined ? {} : { declaration }) };
}

/**
 * The index that gives an order: the columns that the filter fixes, then those of the order. Undefined where the order has
 * both directions, or something else than columns.
 */
export function proposeOrderIndex(question: ProposalQuestion): IndexProposal | undefined {
  const relation: Relation = { table: question.table, alias: question.alias, alone: question.alone ?? true };
  const order = question.order ?? [];
  const ordered = orderColumns(order, relation);
  if (ordered.length === 0 || ordered.length !== order.length || new Set(order.map(({ descending }) => descending)).size > 1) return undefined;
  if (order.some(({ nulls }) => nulls !== undefined) || ordered.some((column) => UNFIT.test(column.type ?? ""))) return undefined;
  const columns = [...new Map([...candidates(question.predicate, relation, false).equal, ...ordered].map((column) => [column.name, column])).values()];
  if (columns.length > MOST_COLUMNS) return undefined;
  const declaration = declare(question.table, columns);
  return { columns: columns.map((column) => column.name), ddl: createIndex(question.table, columns, question.dialect), ...(declaration === undefined ? {} : { declaration }) };
}

interface Candidates {
  readonly equal: readonly Column[];
  readonly range: readonly Column[];
  /** Columns whose only equality is IS NULL. */
  readonly nulls: ReadonlySet<string>;
}

/** Columns of this table that conjuncts compare, unwrapped, with something an index can look up. */
function candidates(predicate: Predicate, relation: Relation, withOptional: boolean): Candidates {
  const equal = new Map<string, Column>();
  const range = new Map<string, Column>();
  const nulls = new Set<string>();
  const own = (reference: ColumnRef): Column | undefined => {
    const resolution = resolve(reference, relation);
    return resolution.kind === "own" && reference.wrappers.length === 0 && !UNFIT.test(resolution.column.type ?? "") ? resolution.column : undefined;
  };
  const note = (into: Map<string, Column>, reference: ColumnRef): void => {
    const column = own(reference);
    if (column !== undefined) into.set(column.name, column);
  };
  const visit = (item: Predicate): void => {
    switch (item.op) {
      case "and":
        item.items.forEach(visit);
        return;
      case "optional":
        if (withOptional) visit(item.item);
        return;
      case "compare": {
        const references = item.operand.kind === "column" ? [item.column, item.operand.column] : [item.column];
        const [first, ...others] = references.filter((reference) => own(reference) !== undefined);
        if (first === undefined || others.length > 0) return;
        if (item.operator === "=" || item.operator === "is not distinct") note(equal, first);
        else if (item.operator !== "<>" && item.operator !== "is distinct") note(range, first);
        return;
      }
      case "in":
        if (!item.negated) note(equal, item.column);
        return;
      case "null": {
        const column = item.negated ? undefined : own(item.column);
        if (column !== undefined && !equal.has(column.name)) nulls.add(column.name);
        if (!item.negated) note(equal, item.column);
        return;
      }
      case "boolean":
        note(equal, item.column);
        return;
      case "between":
        if (!item.negated) note(range, item.column);
        return;
      case "relation":
      case "exists": {
        if (item.relation === undefined || (item.op === "exists" && item.negated)) return;
        const found = relation.table.relations.find((candidate) => candidate.name === item.relation);
        for (const name of found?.columns ?? []) {
          const column = relation.table.columns.find((candidate) => candidate.name === name);
          if (column !== undefined) equal.set(column.name, column);
        }
        return;
      }
      case "or": {
        // Only a choice between values of one column is an equality with it.
        const references = item.items.map((arm) => (arm.op === "compare" && arm.operator === "=" && arm.operand.kind !== "column" ? own(arm.column) : undefined));
        const [first] = references;
        if (first !== undefined && references.every((column) => column === first)) equal.set(first.name, first);
        return;
      }
      case "not":
      case "constant":
      case "like":
      case "operator":
      case "opaque":
        return;
    }
  };
  visit(predicate);
  for (const name of equal.keys()) range.delete(name);
  return { equal: [...equal.values()], range: [...range.values()], nulls };
}

function orderColumns(order: readonly OrderItem[], relation: Relation): readonly Column[] {
  return order.flatMap((item) => {
    const resolution = item.column === undefined || item.column.wrappers.length > 0 ? undefined : resolve(item.column, relation);
    return resolution?.kind === "own" ? [resolution.column] : [];
  });
}

/** PostgreSQL cuts longer names off (NAMEDATALEN). */
const LONGEST_NAME = 63;

function createIndex(table: Table, columns: readonly Column[], dialect: Dialect | undefined): string {
  const quote = (name: string): string => quoted(name, dialect);
  const name = [table.name, ...columns.map((column) => column.name), "idx"].join("_").slice(0, LONGEST_NAME);
  const target = table.schema === undefined ? quote(table.name) : `${quote(table.schema)}.${quote(table.name)}`;
  return `CREATE INDEX ${quote(name)} ON ${target} (${columns.map((column) => quote(column.name)).join(", ")})`;
}

/** Words that need quotes as the name of a table or column; the common ones. */
const RESERVED: ReadonlySet<string> = new Set(["user", "order", "group", "table", "column", "index", "key", "select", "from", "where", "to", "end", "default", "check", "references", "primary", "unique", "limit", "offset", "desc", "asc", "check", "values", "all", "and", "or", "not", "in", "is", "null", "like", "case", "when", "then", "else", "rank", "read", "condition", "grant", "system", "rows", "row", "window", "schema", "database", "option"]);

function quoted(name: string, dialect: Dialect | undefined): string {
  // PostgreSQL folds unquoted names to lower case; the others keep the spelling.
  const isPlain = (dialect === "postgresql" || dialect === undefined ? /^[a-z_][a-z0-9_$]*$/u : /^[A-Za-z_]\w*$/u).test(name);
  if (isPlain && !RESERVED.has(name.toLowerCase())) return name;
  if (dialect === "mysql" || dialect === "mariadb" || dialect === "bigquery") return `\`${name.replace(/`/gu, "``")}\``;
  return dialect === "sqlserver" ? `[${name.replace(/\]/gu, "]]")}]` : `"${name.replace(/"/gu, '""')}"`;
}

function declare(table: Table, columns: readonly Column[]): string | undefined {
  const properties = columns.map((column) => column.property ?? column.name);
  switch (table.provenance.kind) {
    case "prisma":
      return `@@index([${properties.join(", ")}])`;
    case "drizzle":
      return `index("${[table.name, ...columns.map((column) => column.name), "idx"].join("_").slice(0, LONGEST_NAME)}").on(${properties.map((property) => `t.${property}`).join(", ")})`;
    case "typeorm":
      return `@Index([${properties.map((property) => `"${property}"`).join(", ")}])`;
    case "sequelize":
      // Sequelize passes the fields of an index through as names of columns.
      return `indexes: [{ fields: [${columns.map((column) => `"${column.name}"`).join(", ")}] }]`;
    case "mikroorm":
      return `@Index({ properties: [${properties.map((property) => `"${property}"`).join(", ")}] })`;
    case "sql":
    case "snapshot":
    case "code":
      return undefined;
  }
}
