/** Which index can serve the filter of a query, table by table. */
import type { Dialect, Predicate, Query, Span, Statement, TableRef } from "../query/model.js";
import { and, NO_FILTER } from "../query/build.js";
import { alternativesOf, spanOfPredicate } from "../query/predicates.js";
import { accessPath, type AccessPath, type AccessQuestion } from "../indexes/access.js";
import { blockedIndex, catchAllOf, isCatchAll, type Blocked } from "../indexes/blocked.js";
import { columnsOf, findColumn, resolve, type Relation } from "../indexes/columns.js";
import { joinPaths, type JoinedPath, type JoinedTable, type Strength } from "../indexes/joins.js";
import { proposeIndex } from "../indexes/proposal.js";
import { describeReason } from "../indexes/reasons.js";
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
  /** The text of a part of the query, as it stands in the code. */
  readonly textOf: (span: Span) => string;
}

/** The access path of each table that a query reads by conditions. Empty where the schema says nothing. */
export function accessOf(query: Query, context: AccessContext): readonly TableAccess[] {
  if (query.sending === "built" || query.sending === "fragment") return [];
  return statementsIn({ statement: query, perRow: false }).flatMap((nested) => accessesOf(nested, { ...context, dialect: query.dialect ?? context.dialect }));
}

interface Nested {
  readonly statement: Statement;
  /** It runs for rows that the statement around it has narrowed, or once for each of its rows. */
  readonly perRow: boolean;
}

/** The statement and every one nested in it that reads rows by conditions of its own. */
function statementsIn(outer: Nested): readonly Nested[] {
  const { statement } = outer;
  const narrowed = isNarrowed(statement);
  const branches = (statement.branches ?? []).map((branch): Nested => ({ statement: branch, perRow: outer.perRow }));
  const nested = statement.subqueries.flatMap(({ statement: inner, role }): readonly Nested[] => {
    switch (role) {
      case "set":
        return [];
      case "in":
        return [{ statement: asSemiJoin(inner), perRow: narrowed }];
      case "exists":
        return [{ statement: inner, perRow: narrowed }];
      case "scalar":
      case "lateral":
      case "array":
      case "from":
      case "cte":
        return [{ statement: inner, perRow: true }];
    }
  });
  return [outer, ...[...branches, ...nested].flatMap(statementsIn)];
}

/** Does a condition other than a nested query select few rows? */
function isNarrowed({ where }: Statement): boolean {
  return conjunctsOf(where).some((conjunct) => {
    if (conjunct.op === "exists" || (conjunct.op === "in" && conjunct.values.kind === "subquery")) return false;
    const { level } = strengthOf(conjunct, undefined);
    return level !== "none" && level !== "flags";
  });
}

/** The alias of what stands outside of a sub-query: no statement can write it. */
const OUTSIDE = "\0outside";

/** `x IN (SELECT y FROM t WHERE …)`: a planner may come into `t` by `y`, for the `x` it has (PostgreSQL manual 9.24.2; MySQL 10.2.2.1). */
function asSemiJoin(statement: Statement): Statement {
  const [column, ...others] = statement.projection.columns;
  if (column === undefined || others.length > 0 || statement.branches !== undefined) return statement;
  const joined: Predicate = { op: "compare", column, operator: "=", operand: { kind: "column", column: { table: OUTSIDE, name: "", span: column.span, wrappers: [] } }, span: column.span };
  return { ...statement, where: { op: "and", items: [statement.where, joined] } };
}

function accessesOf({ statement, perRow }: Nested, context: AccessContext): readonly TableAccess[] {
  if (statement.certainty === "tokens") return [];
  if (statement.kind !== "select" && statement.kind !== "update" && statement.kind !== "delete") return [];
  const refs = [...(statement.target ? [statement.target] : []), ...statement.sources.flatMap((source) => (source.kind === "table" ? [source.table] : []))];
  const tables = refs.flatMap((ref): readonly JoinedTable[] => {
    const table = ref.dynamic || context.isSmall(ref) ? undefined : context.table(ref);
    return table === undefined ? [] : [{ ref, table }];
  });
  const related: AccessQuestion["related"] = (from, relation) => {
    const found = context.related(from, relation);
    return found === undefined || context.isSmall({ name: found.name, alias: found.name, span: statement.span }) ? undefined : found;
  };
  const inside = new Set([...refs.map(({ alias }) => alias), ...statement.sources.flatMap((source) => (source.kind === "table" ? [] : [source.alias]))].map((alias) => alias.toLowerCase()));
  const isCorrelated = (conjunct: Predicate): boolean => isJoin(conjunct) && columnsOf(conjunct).columns.some(({ table }) => table !== undefined && !inside.has(table.toLowerCase()));
  const strength: Strengths = (predicate, table) => {
    if (perRow && conjunctsOf(predicate).some(isCorrelated)) return "few";
    const { level, open } = strengthOf(predicate, table);
    return level === "none" ? "unknown" : level === "flags" ? (open ? "unknown" : "part") : "few";
  };
  // Of several filters that the program chooses from, the worst one speaks.
  const accesses = alternativesOf(statement.where).flatMap((where) => {
    const chosen = { ...statement, where };
    const found = joinPaths({ statement: chosen, tables, dialect: context.dialect, related, strength });
    const [only, ...others] = tables;
    const caught = only !== undefined && others.length === 0 && inside.size === 1 ? catchAll(only, chosen, found[0], context) : undefined;
    if (caught !== undefined) return [caught];
    return found.map((path) => withRows(describeAccess(path, chosen, strength, context), context));
  });
  return tables.flatMap(({ table }, position) => {
    if (tables.findIndex((other) => other.table === table) !== position) return [];
    const own = accesses.filter((access) => access.read === table);
    return VERDICTS.flatMap((verdict) => own.find((access) => access.verdict === verdict) ?? []).slice(0, 1);
  });
}

/** A condition that a null value switches off, of a table that nothing else gives a way into. */
function catchAll({ ref, table }: JoinedTable, statement: Statement, found: JoinedPath | undefined, context: AccessContext): (TableAccess & { readonly read: Table }) | undefined {
  const conjuncts = conjunctsOf(statement.where);
  const rest = conjuncts.filter((conjunct) => !isCatchAll(conjunct));
  if (rest.length === conjuncts.length || found?.path.verdict === "usable") return undefined;
  const question: AccessQuestion = { table, predicate: statement.where, dialect: context.dialect, alias: ref.alias, alone: true, order: statement.orderBy };
  const [other] = joinPaths({ statement: { ...statement, where: { op: "and", items: rest } }, tables: [{ ref, table }], dialect: context.dialect, strength: () => "unknown" });
  const blocked = other === undefined || other.path.verdict === "unusable" ? catchAllOf(question) : undefined;
  if (blocked === undefined) return undefined;
  const { column, span, index } = blocked;
  return withRows({ ref, table, read: table, verdict: "unusable", joined: false, columns: [column], span, reason: "a condition that a null value switches off cannot use an index", nearest: index, blocked }, context);
}

function withRows<Access extends TableAccess>(access: Access, context: AccessContext): Access {
  const rows = context.rows(access.ref);
  return rows === undefined ? access : { ...access, rows };
}

type Strengths = (predicate: Predicate, table: Table) => Strength;

/** The description of a table's path, or of the table behind the relation that decides. */
function describeAccess({ ref, table, path, question, joined }: JoinedPath, statement: Statement, strength: Strengths, { textOf }: AccessContext): TableAccess & { readonly read: Table } {
  const { through } = path;
  const isPart = !joined && strength(question.predicate, table) === "part";
  if (through === undefined) return { ...describe(path, ref, { ...question, predicate: withoutOutside(question.predicate) }, statement, { joined, isPart, textOf }), read: table };
  const behind = { name: through.table.name, alias: through.table.name, span: spanOfPredicate(through.predicate) ?? statement.span };
  // The order of the query is not one of the related table; an index that gives it may still end the scan early.
  const own: AccessQuestion = { table: through.table, predicate: through.predicate, dialect: question.dialect, alone: true };
  return { ...describe({ ...through.path, ...(path.ordered && { ordered: path.ordered }) }, behind, own, statement, { joined: false, isPart: strength(through.predicate, through.table) === "part", textOf }), read: table };
}

/** From worst to best. */
const VERDICTS = ["unusable", "unknown", "usable"] as const;

/** What is proved to be worth an index. */
function verdictOf(path: AccessPath, { limit }: Statement, proposed: boolean, isPart: boolean): AccessPath["verdict"] {
  if (path.verdict !== "unusable") return path.verdict;
  // An order that an index gives, with a limit, ends the scan early: not a proof of a full scan.
  if (path.ordered && limit) return "unknown";
  if (isPart) return "unknown";
  return proposed || (path.reason !== "no-index" && path.reason !== "not-leading") ? "unusable" : "unknown";
}

interface Description {
  readonly joined: boolean;
  /** Its conditions leave a large part of the table. */
  readonly isPart: boolean;
  readonly textOf: (span: Span) => string;
}

function describe(path: AccessPath, ref: TableRef, given: AccessQuestion, statement: Statement, { joined, isPart, textOf }: Description): TableAccess {
  // What the library adds decides whether a partial index serves; to the reader it is no condition of the query.
  const question = { ...given, predicate: withoutImplied(given.predicate) };
  const { table, predicate } = question;
  const { columns } = columnsOf(predicate);
  // Where there is nothing but flags, the planner would read the table with an index on them too.
  const proposal = path.verdict === "unusable" && !isPart ? proposeIndex({ ...question, table: withFlags(table, flagColumnsOf(predicate, table)), order: question.order ?? [] }) : undefined;
  const blocked: Blocked | undefined = isPart ? undefined : blockedIndex(path, question, textOf);
  // The conditions on other tables of the statement are no conditions on this one.
  const relation: Relation = { table, alias: question.alias, alone: question.alone ?? true };
  const names = [
    ...new Set(
      columns.flatMap((column) => {
        const found = resolve(column, relation);
        return found.kind === "foreign" ? [] : [found.kind === "own" ? found.column.name : column.name];
      }),
    ),
  ];
  const ordered = (question.order ?? []).flatMap(({ column }) => column?.name ?? []);
  // The key by which a relation filter comes in is not written in the query.
  const keys = (proposal?.columns ?? []).filter((name) => !names.includes(name) && !ordered.some((column) => findColumn({ name: column }, table)?.name === name));
  const filtered = names.length === 0 && path.column !== undefined ? [path.column] : [...names, ...keys];
  const spoken = proposal === undefined ? path : aboutFirst(path, proposal.columns, question);
  return {
    ref,
    table,
    // A filter without a column of this table (`orders: { none: {} }`) is no matter of its indexes.
    verdict: filtered.length === 0 ? "unknown" : verdictOf(path, statement, proposal !== undefined, isPart),
    columns: filtered,
    // A table that is read after another one may still have nothing but conditions of its own.
    joined: joined && conjunctsOf(predicate).some((conjunct) => isJoin(conjunct) && columnsOf(conjunct).columns.some((column) => resolve(column, relation).kind === "own")),
    span: spanOfConditions(predicate, relation, joined) ?? spanOfPredicate(predicate) ?? statement.span,
    reason: describeReason(spoken, table),
    ...(path.index && { index: path.index }),
    ...(spoken.nearest && { nearest: spoken.nearest }),
    ...(blocked && { blocked }),
    ...(proposal && { proposal: { ddl: proposal.ddl, ...(proposal.declaration !== undefined && { declaration: proposal.declaration }) } }),
  };
}

function withoutImplied(predicate: Predicate): Predicate {
  return predicate.op === "and" ? and(predicate.items.map(withoutImplied)) : predicate.op === "null" && predicate.implied ? NO_FILTER : predicate;
}

/** Why no index serves, told of the columns of the index that is proposed: what is missing and what cures it belong together. */
function aboutFirst(path: AccessPath, proposed: readonly string[], question: AccessQuestion): AccessPath {
  const [first] = proposed;
  if (first === undefined || path.column === undefined || proposed.includes(path.column)) return path;
  const span = { start: 0, end: 0 };
  const column = { ...(question.alias !== undefined && { table: question.alias }), name: first, span, wrappers: [] };
  const own = accessPath({ ...question, predicate: { op: "compare", column, operator: "=", operand: { kind: "parameter" }, span } });
  return own.verdict === "unusable" ? own : path;
}

function conjunctsOf(predicate: Predicate): readonly Predicate[] {
  return predicate.op === "and" ? predicate.items.flatMap(conjunctsOf) : [predicate];
}

/** Where the condition stands by which the table is joined; of one that is read first, the conditions on itself alone. */
function spanOfConditions(predicate: Predicate, relation: Relation, joined: boolean): Span | undefined {
  const own = conjunctsOf(predicate).filter((conjunct) => columnsOf(conjunct).columns.some((column) => resolve(column, relation).kind === "own"));
  const [joining] = own.filter(isJoin);
  return joined && joining !== undefined ? spanOfPredicate(joining) : spanOfPredicate({ op: "and", items: own.filter((conjunct) => !isJoin(conjunct)) });
}

function isJoin(predicate: Predicate): boolean {
  return predicate.op === "compare" && predicate.operand.kind === "column";
}

/** Columns that hold flags; that one is compared with a column of another table says nothing of it. */
function flagColumnsOf(predicate: Predicate, table: Table): readonly string[] {
  return conjunctsOf(predicate).flatMap((conjunct) => (isJoin(conjunct) ? [] : strengthOf(conjunct, table).flagColumns));
}

function withoutOutside(predicate: Predicate): Predicate {
  const items = conjunctsOf(predicate);
  const own = items.filter((item) => !(item.op === "compare" && item.operand.kind === "column" && item.operand.column.table === OUTSIDE));
  return own.length === items.length ? predicate : { op: "and", items: own };
}

/** The table with the columns that hold flags marked as such, so that a proposed index does not lead with one. */
function withFlags(table: Table, names: readonly string[]): Table {
  const flags = new Set(names);
  return { ...table, columns: table.columns.map((column) => (flags.has(column.name) || (column.property !== undefined && flags.has(column.property)) ? { ...column, enumeration: true } : column)) };
}
