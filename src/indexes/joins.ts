/**
 * The access paths of all tables of one statement. A planner starts at one table and comes into each of the others from
 * those it has read already, by a nested loop or by reading the table as a whole for a hash or merge join (PostgreSQL
 * manual 14.3 and 51.5, MySQL 10.2.1.7, SQLite "The Query Optimizer Overview" 10). So a statement needs one table whose
 * own conditions an index serves, and for each of the others an index for what the tables before it give. Only what no
 * order of the tables avoids is proved to be a scan.
 */
import type { ColumnRef, Dialect, Predicate, Source, Statement, TableRef } from "../query/model.js";
import { and } from "../query/build.js";
import { mapPredicate } from "../query/map.js";
import { predicatesIn } from "../query/predicates.js";
import type { Table } from "../schema/model.js";
import { scanPath, type AccessPath, type AccessQuestion } from "./access.js";
import { columnsOf, findColumn, resolve } from "./columns.js";
import { reducedJoins, restrictionOf } from "./restriction.js";

/** A table of the statement that the schema knows and that is large enough to matter. */
export interface JoinedTable {
  readonly ref: TableRef;
  readonly table: Table;
}

/** What conditions leave of a table: few of its rows, a large part of it, or what cannot be said. */
export type Strength = "few" | "part" | "unknown";

export interface JoinQuestion {
  readonly statement: Pick<Statement, "where" | "sources" | "target" | "orderBy" | "limit">;
  readonly tables: readonly JoinedTable[];
  readonly dialect: Dialect | undefined;
  readonly related?: AccessQuestion["related"];
  readonly strength: (predicate: Predicate, table: Table) => Strength;
}

export interface JoinedPath extends JoinedTable {
  readonly path: AccessPath;
  readonly question: AccessQuestion;
  /** It is read for what tables before it give, not first. */
  readonly joined: boolean;
}

/** More tables of one statement are not tried in all orders. */
const MOST_CANDIDATES = 4;

const SAYS_NOTHING: Predicate = { op: "opaque", restricts: "no", reason: "it compares with a table that is read later" };

/** The access path of each table in the order that scans the fewest of them. Empty where joins are not modelled. */
export function joinPaths(question: JoinQuestion): readonly JoinedPath[] {
  const { sources } = question.statement;
  if (sources.some(({ join }) => join?.type === "right" || join?.type === "full" || join?.type === "natural")) return [];
  const orders = new Orders(question);
  return orders.best();
}

/** What is read so far, and how. */
interface Stage {
  readonly bound: ReadonlySet<string>;
  readonly rest: readonly JoinedTable[];
  /** Rows come from a part of the tables, not from all of them: only then does an index beat reading a table once. */
  readonly narrowed: boolean;
  readonly found: readonly JoinedPath[];
}

class Orders {
  readonly #question: JoinQuestion;
  readonly #alone: boolean;
  readonly #aliases: ReadonlySet<string>;
  readonly #outer: ReadonlySet<string>;
  /** A library joins by a relation, with a condition that the statement does not show. */
  readonly #isUnseen: boolean;

  constructor(question: JoinQuestion) {
    this.#question = question;
    const { sources, target } = question.statement;
    const aliases = [...(target ? [target.alias] : []), ...sources.map(aliasOf)];
    this.#aliases = new Set(aliases.map((alias) => alias.toLowerCase()));
    this.#alone = aliases.length === 1;
    this.#isUnseen = sources.some(({ join }) => (join?.type === "inner" || join?.type === "left") && join.on.op === "constant" && !join.on.written);
    const reduced = reducedJoins(question.statement, (column) => question.tables.some(({ table }) => findColumn(column, table) !== undefined));
    this.#outer = new Set(sources.filter((source) => source.join?.type === "left" && !reduced.has(source)).map((source) => aliasOf(source).toLowerCase()));
  }

  best(): readonly JoinedPath[] {
    const free = this.#free();
    return this.#settle({ bound: free, rest: this.#question.tables, narrowed: free.size > 0, found: [] });
  }

  /** What a planner may begin with and of which the schema says nothing. */
  #free(): ReadonlySet<string> {
    const { statement, tables } = this.#question;
    const judged = new Set(tables.map(({ ref }) => ref));
    const free = new Set<string>();
    const refs = [...(statement.target ? [statement.target] : []), ...statement.sources.flatMap((source) => (source.kind === "table" ? [source.table] : []))];
    for (const ref of refs) if (!judged.has(ref) && this.#hasCondition(ref.alias)) free.add(ref.alias.toLowerCase());
    for (const source of statement.sources) if (source.kind !== "table" && !(source.kind === "subquery" && source.lateral)) free.add(aliasOf(source).toLowerCase());
    return free;
  }

  /** Is there a condition that may be one on this table alone? */
  #hasCondition(alias: string): boolean {
    const { statement, tables } = this.#question;
    const wanted = alias.toLowerCase();
    const conditions = [statement.where, ...statement.sources.flatMap(({ join }) => (join ? [join.on] : []))];
    return conditions.some((condition) =>
      [...predicatesIn(condition)].some((predicate) => {
        if (predicate.op === "opaque") return predicate.restricts !== "no";
        if (predicate.op === "compare" && predicate.operand.kind === "column") return false;
        if (!isLeaf(predicate)) return false;
        return columnsOf(predicate).columns.some((column) => (column.table === undefined ? !tables.some(({ table }) => findColumn(column, table) !== undefined) : column.table.toLowerCase() === wanted));
      }),
    );
  }

  #settle(stage: Stage): readonly JoinedPath[] {
    const { rest, bound } = stage;
    // The condition of a relation's join is not written: once one table is read, an index may lead to any other.
    if (rest.length === 0 || (bound.size > 0 && this.#isUnseen)) return stage.found;
    const paths = rest.filter((table) => this.#mayFollow(table, stage)).map((table) => this.#path(table, stage));
    const served = paths.find((path) => this.#mayBeServed(path)) ?? paths.find((path) => this.#endsEarly(path));
    if (served !== undefined) return this.#settle(this.#after(stage, served));
    const scanned = paths.filter(({ path, question }) => path.verdict === "unusable" && (stage.bound.size > 0 || this.#strength(question) !== "part"));
    const [first, ...others] = scanned;
    if (first !== undefined) {
      if (!stage.narrowed && stage.bound.size > 0) return stage.found;
      if (others.length === 0 || scanned.length > MOST_CANDIDATES) return this.#settle(this.#after(stage, first));
      return scanned.map((path) => this.#settle(this.#after(stage, path))).reduce((best, next) => (scans(next) < scans(best) ? next : best));
    }
    // A table is read as a whole. What one flag divides is told, for those who want to know.
    const [whole] = paths;
    if (whole === undefined) return stage.found;
    if (whole.path.verdict === "unusable") return [...stage.found, whole];
    return this.#settle(this.#after(stage, whole));
  }

  #after(stage: Stage, next: JoinedPath): Stage {
    return {
      bound: new Set([...stage.bound, next.ref.alias.toLowerCase()]),
      rest: stage.rest.filter(({ ref }) => ref !== next.ref),
      narrowed: stage.narrowed || this.#strength(next.question) === "few",
      found: next.path.reason === "no-filter" ? stage.found : [...stage.found, next],
    };
  }

  #strength({ predicate, table }: AccessQuestion): Strength {
    return this.#question.strength(predicate, table);
  }

  #mayBeServed({ path, question, ref, joined }: JoinedPath): boolean {
    if (path.verdict !== "unknown") return path.verdict === "usable";
    if (path.reason === "no-filter") return false;
    // Of a table whose indexes are not known: a planner may begin there if a condition leaves few of its rows.
    const isDark = path.reason === "uncertain-table" || path.reason === "view";
    return !isDark || joined || (this.#hasCondition(ref.alias) && this.#strength(question) !== "part");
  }

  /** With a limit, a table that an index reads in the order asked for is not read to its end. */
  #endsEarly({ ref, table }: JoinedPath): boolean {
    const { limit, orderBy } = this.#question.statement;
    const [first] = orderBy;
    if (limit === undefined || limit.kind === "none" || first?.column === undefined || first.column.wrappers.length > 0) return false;
    const found = resolve(first.column, { table, alias: ref.alias, alone: this.#alone });
    return found.kind === "own" && table.indexes.some(({ method, where, parts: [part] }) => method === "btree" && where === undefined && part?.length === undefined && part?.column?.toLowerCase() === found.column.name.toLowerCase());
  }

  /** An outer join is entered from what stands before it, never the other way round. */
  #mayFollow({ ref }: JoinedTable, { bound }: Stage): boolean {
    const alias = ref.alias.toLowerCase();
    if (!this.#outer.has(alias)) return true;
    const source = this.#question.statement.sources.find((candidate) => aliasOf(candidate).toLowerCase() === alias);
    const named = source?.join === undefined ? [] : columnsOf(source.join.on).columns.flatMap(({ table }) => table?.toLowerCase() ?? []);
    return bound.size > 0 && named.every((name) => name === alias || bound.has(name) || !this.#aliases.has(name));
  }

  #path({ ref, table }: JoinedTable, { bound }: Stage): JoinedPath {
    const { statement, dialect, related } = this.#question;
    const alias = ref.alias.toLowerCase();
    const owns = (column: ColumnRef): boolean => findColumn(column, table) !== undefined;
    const unbound = new Set([...this.#aliases].filter((name) => name !== alias && !bound.has(name)));
    const told = mapPredicate(restrictionOf(statement, ref, owns), { predicate: (part) => (this.#waitsFor(part, unbound, ref, table) ? SAYS_NOTHING : part) });
    const predicate = and(conjunctsOf(told).filter((conjunct) => conjunct !== SAYS_NOTHING && !this.#isForeign(conjunct, ref, table)));
    const question: AccessQuestion = { table, predicate, dialect, alias: ref.alias, alone: this.#alone, order: statement.orderBy, ...(related && { related }) };
    return { ref, table, question, path: scanPath(question), joined: bound.size > 0 };
  }

  /** A condition on other tables alone does not narrow this one. */
  #isForeign(conjunct: Predicate, { alias }: TableRef, table: Table): boolean {
    const { columns, complete } = columnsOf(conjunct);
    return complete && columns.length > 0 && columns.every((column) => resolve(column, { table, alias, alone: this.#alone }).kind === "foreign");
  }

  /** Does the comparison need a value of a table that is not read yet? */
  #waitsFor(predicate: Predicate, unbound: ReadonlySet<string>, ref: TableRef, table: Table): boolean {
    if (predicate.op !== "compare" || predicate.operand.kind !== "column" || unbound.size === 0) return false;
    return [predicate.column, predicate.operand.column].some((column) => {
      if (column.table !== undefined) return unbound.has(column.table.toLowerCase());
      if (resolve(column, { table, alias: ref.alias, alone: this.#alone }).kind === "own") return false;
      const owner = this.#question.tables.find((candidate) => findColumn(column, candidate.table) !== undefined);
      return owner !== undefined && unbound.has(owner.ref.alias.toLowerCase());
    });
  }
}

function scans(paths: readonly JoinedPath[]): number {
  return paths.filter(({ path }) => path.verdict === "unusable").length;
}

function aliasOf(source: Source): string {
  return source.kind === "table" ? source.table.alias : source.alias;
}

function conjunctsOf(predicate: Predicate): readonly Predicate[] {
  return predicate.op === "and" ? predicate.items.flatMap(conjunctsOf) : [predicate];
}

function isLeaf(predicate: Predicate): boolean {
  return predicate.op !== "and" && predicate.op !== "or" && predicate.op !== "not" && predicate.op !== "optional" && predicate.op !== "relation";
}
