/** Which reads sort a large part of a table to return a few of its rows. */
import type { AccessQuestion } from "../indexes/access.js";
import { findColumn } from "../indexes/columns.js";
import { describeOrderReason } from "../indexes/order-reasons.js";
import { orderPath } from "../indexes/order.js";
import { proposeOrderIndex } from "../indexes/proposal.js";
import type { Amount, Dialect, Query, Span, TableRef } from "../query/model.js";
import type { Table } from "../schema/model.js";
import type { OrderAccess } from "./contract.js";
import { restrictionOf } from "./filter.js";

export interface OrderContext {
  readonly table: (ref: TableRef) => Table | undefined;
  /** Dialect of the schema, for a query whose library does not tell. */
  readonly dialect: Dialect | undefined;
  readonly isSmall: (ref: TableRef) => boolean;
  /** Estimated rows, where they are known. */
  readonly rows: (ref: TableRef) => number | undefined;
}

/**
 * How the order of a query comes about. Undefined where sorting is cheap or cannot be told: the filter selects few rows, the
 * statement joins, groups or removes duplicates, so that the rows that are sorted are not those of a table.
 */
export function orderOf(query: Query, context: OrderContext): OrderAccess | undefined {
  const [source, ...others] = query.sources;
  if (query.kind !== "select" || query.certainty === "tokens" || source?.kind !== "table" || others.length > 0 || query.orderBy.length === 0) return undefined;
  if (query.groupBy.length > 0 || query.distinct || query.branches !== undefined || query.projection.aggregate !== "no" || query.byUniqueKey) return undefined;
  const ref = source.table;
  const table = ref.dynamic || context.isSmall(ref) ? undefined : context.table(ref);
  if (table === undefined) return undefined;
  const { level, open } = restrictionOf(query.where, table);
  if (open || (level !== "none" && level !== "flags")) return undefined;
  const question: AccessQuestion = { table, predicate: query.where, dialect: query.dialect ?? context.dialect, alias: ref.alias, alone: true };
  const path = orderPath({ ...question, order: query.orderBy });
  const rows = context.rows(ref);
  const proposal = path.verdict === "unusable" ? proposeOrderIndex({ ...question, order: query.orderBy }) : undefined;
  return {
    table,
    ...(rows === undefined ? {} : { rows }),
    verdict: path.verdict,
    columns: query.orderBy.flatMap(({ column }) => (column === undefined ? [] : [findColumn(column, table)?.name ?? column.name])),
    limited: isLimited(query.limit) || query.delivery === "one",
    reason: describeOrderReason(path, table),
    provenance: (path.nearest ?? table).provenance,
    span: spanOf(query),
    ...(proposal && { proposal }),
  };
}

function isLimited(limit: Amount | undefined): boolean {
  return limit?.kind === "number" || limit?.kind === "parameter";
}

function spanOf({ orderBy }: Query): Span {
  return { start: Math.min(...orderBy.map(({ span }) => span.start)), end: Math.max(...orderBy.map(({ span }) => span.end)) };
}
