/** Which index can serve the filter of a query, table by table. */
import type { Dialect, Predicate, Query, Span, TableRef } from "../query/model.js";
import { alternativesOf, spanOfPredicate } from "../query/predicates.js";
import { accessPath, type AccessPath, type AccessQuestion } from "../indexes/access.js";
import { columnsOf, findColumn, resolve, type Relation } from "../indexes/columns.js";
import { proposeIndex } from "../indexes/proposal.js";
import { describeReason } from "../indexes/reasons.js";
import { restrictionOf } from "../indexes/restriction.js";
import type { Relation as SchemaRelation, Table } from "../schema/model.js";
import type { TableAccess } from "./contract.js";
import { restrictionOf as strengthOf } from "./filter.js";

export interface AccessContext {
  readonly table: (ref: TableRef) => Table | undefined;
  /** Dialect of the schema, for a query whose library does not tell. */
  readonly dialect: Dialect | undefined;
  readonly isSmall: (ref: TableRef) => boolean;
  /** Estimated rows, where they are known. */
  readonly rows: (ref: TableRef) => number | undefined;
  readonly related: (table: Table, relation: SchemaRelation) => Table | undefined;
}

/** The access path of each table of a query that has a filter of its own. Empty where the schema says nothing. */
export function accessOf(query: Query, context: AccessContext): readonly TableAccess[] {
  if (query.sending === "built" || query.sending === "fragment" || query.certainty === "tokens") return [];
  if (query.kind !== "select" && query.kind !== "update" && query.kind !== "delete") return [];
  const main = query.target ?? query.sources.flatMap((source) => (source.kind === "table" ? [source.table] : []))[0];
  const table = main && !main.dynamic ? context.table(main) : undefined;
  if (!main || !table || context.isSmall(main)) return [];
  const alone = query.sources.filter((source) => source.kind === "table").length + (query.target ? 1 : 0) === 1 && query.sources.every((source) => source.kind === "table");
  const dialect = query.dialect ?? context.dialect;
  const related: AccessQuestion["related"] = (from, relation) => {
    const found = context.related(from, relation);
    return found === undefined || context.isSmall({ name: found.name, alias: found.name, span: query.span }) ? undefined : found;
  };
  const restriction = restrictionOf(query, main, (column) => findColumn(column, table) !== undefined);
  // Of several filters that the program chooses from, the worst one speaks.
  const accesses = alternativesOf(restriction).flatMap((predicate) => {
    const question: AccessQuestion = { table, predicate, dialect, alias: main.alias, alone, order: query.orderBy, related };
    const path = accessPath(question);
    if (path.verdict === "unknown" && path.reason === "no-filter") return [];
    const { through } = path;
    if (through === undefined) return [describe(path, main, question, query)];
    const behind = { name: through.table.name, alias: through.table.name, span: spanOfPredicate(through.predicate) ?? query.span };
    // The order of the query is not one of the related table; an index that gives it may still end the scan early.
    return [describe({ ...through.path, ...(path.ordered && { ordered: path.ordered }) }, behind, { table: through.table, predicate: through.predicate, dialect, alone: true }, query)];
  });
  const worst = VERDICTS.flatMap((verdict) => accesses.find((access) => access.verdict === verdict) ?? [])[0];
  if (!worst) return [];
  const rows = context.rows(worst.ref);
  return [rows === undefined ? worst : { ...worst, rows }];
}

/** From worst to best. */
const VERDICTS = ["unusable", "unknown", "usable"] as const;

/** What is proved to be worth an index. */
function verdictOf(path: AccessPath, query: Query, proposed: boolean, onlyFlags: boolean): AccessPath["verdict"] {
  if (path.verdict !== "unusable") return path.verdict;
  // An order that an index gives, with a limit, ends the scan early: not a proof of a full scan.
  if (path.ordered && query.limit) return "unknown";
  if (onlyFlags) return "unknown";
  return proposed || (path.reason !== "no-index" && path.reason !== "not-leading") ? "unusable" : "unknown";
}

function describe(path: AccessPath, ref: TableRef, question: AccessQuestion, query: Query): TableAccess {
  const { table, predicate } = question;
  const { columns } = columnsOf(predicate);
  const strength = strengthOf(predicate, table);
  // Nothing but flags: the planner would read the table with an index on them too.
  const onlyFlags = strength.level === "flags" && !strength.open;
  const proposal = path.verdict === "unusable" && !onlyFlags ? proposeIndex({ ...question, table: withFlags(table, strength.flagColumns), order: question.order ?? [] }) : undefined;
  // The conditions on other tables of the statement are no conditions on this one.
  const relation: Relation = { table, alias: question.alias, alone: question.alone ?? true };
  const own = columns.filter((column) => resolve(column, relation).kind !== "foreign");
  const names = [...new Set((own.length > 0 ? own : columns).map((column) => column.name))];
  const filtered = names.length === 0 && path.column !== undefined ? [path.column] : names;
  return {
    ref,
    table,
    // A filter without a column of this table (`orders: { none: {} }`) is no matter of its indexes.
    verdict: filtered.length === 0 ? "unknown" : verdictOf(path, query, proposal !== undefined, onlyFlags),
    columns: filtered,
    span: spanOfConditions(predicate, relation) ?? spanOfPredicate(predicate) ?? query.span,
    reason: describeReason(path, table),
    ...(path.index && { index: path.index }),
    ...(path.nearest && { nearest: path.nearest }),
    ...(proposal && { proposal: { ddl: proposal.ddl, ...(proposal.declaration !== undefined && { declaration: proposal.declaration }) } }),
  };
}

function conjunctsOf(predicate: Predicate): readonly Predicate[] {
  return predicate.op === "and" ? predicate.items.flatMap(conjunctsOf) : [predicate];
}

/** Where the conditions on the table itself stand, without those by which it is joined and those on other tables. */
function spanOfConditions(predicate: Predicate, relation: Relation): Span | undefined {
  const own = conjunctsOf(predicate).filter((conjunct) => {
    if (conjunct.op === "compare" && conjunct.operand.kind === "column") return false;
    return columnsOf(conjunct).columns.some((column) => resolve(column, relation).kind === "own");
  });
  return spanOfPredicate({ op: "and", items: own });
}

/** The table with the columns that hold flags marked as such, so that a proposed index does not lead with one. */
function withFlags(table: Table, names: readonly string[]): Table {
  const flags = new Set(names);
  return { ...table, columns: table.columns.map((column) => (flags.has(column.name) || (column.property !== undefined && flags.has(column.property)) ? { ...column, enumeration: true } : column)) };
}
