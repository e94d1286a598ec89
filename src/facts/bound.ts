/** How many rows a read can bring back: the lattice from at most one row to the whole table. */
import type { Amount, Predicate, Query, Source, Statement, TableRef } from "../query/model.js";
import type { Table } from "../schema/model.js";
import type { RowBound } from "./contract.js";
import { restrictionOf, spanOfOptional } from "./filter.js";

export interface BoundContext {
  /** The table a query names, as far as the schema knows it. */
  readonly table: (ref: TableRef) => Table | undefined;
  /** Is the table small by its rows or by the settings? */
  readonly isSmall: (ref: TableRef) => boolean;
  /** Is the table created as a temporary one somewhere in the project? */
  readonly isTemporary: (ref: TableRef) => boolean;
}

/** Schemas and name prefixes of the databases' own catalogues, and the tables in which migration tools keep their books. */
const CATALOGUE = /^(?:information_schema|pg_catalog|performance_schema|sys|mysql|sqlite_.*|pg_.*|_prisma_migrations|__drizzle_migrations|knex_migrations|kysely_migration|pgmigrations|schema_migrations|sequelizemeta)$/iu;

/** The row bound of a query. */
export function boundOf(query: Query, context: BoundContext): RowBound {
  if (query.kind !== "select") return { kind: "none" };
  if (query.sending === "fragment" || query.sending === "built") return { kind: "none" };
  switch (query.delivery) {
    case "one":
    case "scalar":
      return { kind: "one" };
    case "stream":
      return { kind: "limited" };
    case "all":
    case "one-unlimited":
    case "none":
  }
  if (query.byUniqueKey) return { kind: "one" };
  const bound = statementBound(query, context);
  // Who asks for the row of a key takes the key for unique, by rules of the program that no schema states.
  if (query.asksForOne === true && bound.kind === "scoped" && query.orderBy.length === 0) return { kind: "unknown", why: "one row is asked for by a key" };
  return query.sending === "unknown" && bound.kind === "whole" ? { kind: "unknown", why: "the builder may be completed elsewhere" } : bound;
}

function statementBound(statement: Statement, context: BoundContext): RowBound {
  if (statement.certainty === "tokens") return { kind: "unknown", why: "the statement was only skimmed" };
  const limit = effectOf(statement.limit);
  if (limit.kind === "limited") return limit.rows === undefined ? { kind: "limited" } : { kind: "limited", rows: limit.rows };
  if (limit.kind === "unknown") return { kind: "unknown", why: "a limit may be added" };
  if (statement.branches) return union(statement.branches, context);
  const base = unlimited(statement, context);
  if (base.kind !== "whole" && base.kind !== "scoped" && base.kind !== "filtered" && base.kind !== "unknown") return base;
  if (base.kind === "whole" && statement.distinctAfterRead === true && base.why !== "optional-filter") return { ...base, why: "distinct-after-read" };
  const skips = statement.offset !== undefined && statement.offset.kind !== "none" && !(statement.offset.kind === "number" && statement.offset.value === 0);
  if (skips && limit.kind === "none") return { kind: "whole", why: "offset-without-limit", ...(statement.offset?.span && { span: statement.offset.span }) };
  if (limit.kind === "droppable" && base.kind === "whole") return { kind: "whole", why: "limit-may-be-undefined", ...(limit.why !== undefined && { detail: limit.why }), ...(statement.limit?.span && { span: statement.limit.span }) };
  return base;
}

type LimitEffect = { readonly kind: "none" } | { readonly kind: "limited"; readonly rows?: number } | { readonly kind: "droppable"; readonly why?: string } | { readonly kind: "unknown" };

function effectOf(limit: Amount | undefined): LimitEffect {
  if (!limit) return { kind: "none" };
  switch (limit.kind) {
    case "none":
      return { kind: "none" };
    case "number":
      return { kind: "limited", rows: limit.value };
    case "parameter":
      return limit.undefinable?.answer === "yes" ? { kind: "droppable", ...(limit.undefinable.why !== undefined && { why: limit.undefinable.why }) } : { kind: "limited" };
    case "maybe":
      return limit.proved === "yes" ? { kind: "droppable", why: limit.why } : { kind: "unknown" };
  }
}

function union(branches: readonly Statement[], context: BoundContext): RowBound {
  let worst: RowBound = { kind: "none" };
  for (const branch of branches) {
    const bound = statementBound(branch, context);
    if (bound.kind === "unknown") return bound;
    if (bound.kind === "whole") worst = bound;
    else if (worst.kind !== "whole") worst = bound;
  }
  return worst;
}

/** The bound without the statement's own limit. */
function unlimited(statement: Statement, context: BoundContext): RowBound {
  if (statement.projection.aggregate === "yes") return { kind: "one" };
  const [first] = statement.sources;
  if (!first) return { kind: "none" };
  if (statement.groupBy.length > 0 || statement.projection.aggregate === "unknown") return { kind: "unknown", why: "one row comes back for each group" };
  if (statement.distinct) return { kind: "unknown", why: "only distinct values come back" };
  if (statement.sources.length === 1 && first.kind === "subquery") return derivedBound(statement, first.statement, context);
  // What multiplies or restricts the rows of a join cannot be told unless every side is a table.
  if (statement.sources.some((source) => source.kind === "cte" || source.kind === "subquery")) return { kind: "unknown", why: "it reads from another query" };
  const tables = statement.sources.flatMap((source) => (source.kind === "table" ? [source.table] : []));
  const [table] = tables;
  if (!table) return { kind: "none" };
  if (statement.sources.some((source) => source.kind !== "table" && restricts(source))) return { kind: "unknown", why: "it joins a list of values" };
  if (tables.some((ref) => CATALOGUE.test(ref.schema ?? "") || CATALOGUE.test(ref.name))) return { kind: "none" };
  if (tables.some((ref) => ref.dynamic)) return { kind: "unknown", why: "the table is chosen at run time" };
  const joined = tables.length > 1;
  const restriction = restrictionOf(withoutAntiJoins(statement.where, statement.sources), context.table(table));
  if (restriction.open && (restriction.level === "none" || restriction.level === "flags" || restriction.level === "scope")) return { kind: "unknown", why: "a part of the filter could not be read" };
  switch (restriction.level) {
    case "one":
      return joined ? { kind: "filtered" } : { kind: "one" };
    case "list":
      return { kind: "keyList" };
    case "filter":
      return { kind: "filtered" };
    case "scope":
      return tables.every(context.isSmall) ? { kind: "smallTable" } : { kind: "scoped", columns: [...new Set(restriction.scopeColumns)] };
    case "none":
    case "flags": {
      if (tables.every(context.isSmall)) return { kind: "smallTable" };
      // A temporary table holds what the program put there, a list of keys most often.
      if (tables.some(context.isTemporary)) return { kind: "unknown", why: "it reads from a temporary table" };
      const [optional] = restriction.optional;
      const span = spanOfOptional(restriction);
      if (optional && restriction.level === "none") return { kind: "whole", why: "optional-filter", ...(optional.why !== undefined && { detail: optional.why }), ...(span && { span }) };
      return restriction.level === "none" ? { kind: "whole", why: "no-filter" } : { kind: "whole", why: "flags-only", columns: [...new Set(restriction.flagColumns)] };
    }
  }
}

/** Rows of a query in FROM, which the filter around it restricts further. No column of it is known to be a key. */
function derivedBound(outer: Statement, inner: Statement, context: BoundContext): RowBound {
  const bound = statementBound(inner, context);
  if (bound.kind !== "whole" && bound.kind !== "scoped") return bound;
  const { level, open, scopeColumns } = restrictionOf(outer.where, undefined);
  switch (level) {
    case "one":
    case "filter":
      return { kind: "filtered" };
    case "list":
      return { kind: "keyList" };
    case "scope":
      return open ? { kind: "unknown", why: "a part of the filter could not be read" } : { kind: "scoped", columns: [...new Set(scopeColumns)] };
    case "none":
    case "flags":
      return open ? { kind: "unknown", why: "a part of the filter could not be read" } : bound;
  }
}

/** A function or a list of values on the inner side of a join restricts; on a left join it does not. */
function restricts(source: Source): boolean {
  return source.join === undefined || source.join.type === "inner" || source.join.type === "natural" || source.join.type === "comma";
}

/** `LEFT JOIN b … WHERE b.id IS NULL` keeps the rows that lack a partner: a condition of its own, not a test of a flag. */
function withoutAntiJoins(where: Predicate, sources: readonly Source[]): Predicate {
  const outer = new Set(sources.flatMap((source) => (source.join?.type === "left" || source.join?.type === "full" ? [source.kind === "table" ? source.table.alias : source.alias] : [])));
  if (outer.size === 0) return where;
  const replace = (predicate: Predicate): Predicate => {
    if (predicate.op === "and" || predicate.op === "or") return { ...predicate, items: predicate.items.map(replace) };
    if (predicate.op === "null" && !predicate.negated && predicate.column.table !== undefined && outer.has(predicate.column.table)) return { op: "opaque", restricts: "yes", reason: "rows without a partner" };
    return predicate;
  };
  return replace(where);
}
