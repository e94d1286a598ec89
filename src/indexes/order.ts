/**
 * Does an index deliver the rows of a table in the order asked for, so that a LIMIT can end the read early? Pure:
 * predicate, order, indexes and dialect in, a verdict out.
 *
 * "Usable" means that one index, walked from one end or from where the filter enters it, gives the order and no rows have
 * to be sorted; the rest of the filter may still discard rows on the way. It does not mean that the planner will choose
 * it. "Unusable" is a proof that the rows are sorted. GROUP BY, DISTINCT and UNION stand between an index and the order:
 * a statement that has one is not asked about here.
 *
 * PostgreSQL manual 11.4 and `pathkeys.c`; MySQL manual 10.2.1.16; MariaDB `test_if_order_by_key`; SQLite
 * `wherePathSatisfiesOrderBy`.
 */
import { unreachable } from "../base/exhaustive.js";
import type { ColumnRef, Dialect, Operand, OrderItem, Predicate } from "../query/model.js";
import { foreignKeyIndexes, type Column, type Index, type IndexPart, type Table } from "../schema/model.js";
import { findColumn, resolve, type Relation } from "./columns.js";
import { expressionNames, expressionTokens, sameExpression } from "./expression.js";
import { implies } from "./implication.js";
import { conjunctsOf } from "./logic.js";
import type { KnownDialect } from "./planners/contract.js";
import { leads } from "./outcomes.js";
import { isText } from "./types.js";
import { versionOf } from "./version.js";

export type OrderReason =
  /** usable: nothing is to be ordered: every column of the order has one value in the selected rows. */
  | "no-order"
  /** usable: the filter fixes a whole unique key. */
  | "one-row"
  /** usable: an index begins with the columns of the order. */
  | "leading"
  /** usable: the filter fixes the columns of the index that stand before those of the order. */
  | "after-equality"
  /** usable (unknown in MySQL): a unique key comes first in the order, so that what follows decides nothing. */
  | "unique-prefix"
  /** unusable: no index contains the first column of the order. */
  | "no-index"
  /** unusable: an index contains it behind columns that the filter does not fix. */
  | "not-leading"
  /** unusable: an index would give the order if the filter asked for one value where it has a list. */
  | "list"
  /** unusable, or unknown where rows are sorted group by group: an index gives the first columns of the order only. */
  | "prefix-order"
  /** unusable: the directions of the order are neither those of an index nor all their opposites. */
  | "direction"
  /** unusable: the index has the nulls at the other end. */
  | "nulls"
  /** unusable: the index is sorted by another collation or operator class. */
  | "collation"
  /** unusable: the rows are ordered by a computed value that no index has. */
  | "wrapped"
  /** unusable: an index of the first characters of a column does not sort by the whole. */
  | "prefix-length"
  /** unusable: the index covers only some rows, and the filter does not say that it wants those. */
  | "partial"
  /** unusable: the index is of a method that has no order. */
  | "method"
  | "view"
  | "uncertain-table"
  | "unknown-column"
  | "other-table"
  | "dialect"
  | "opaque"
  | "optional"
  | "same-row"
  | "expression"
  | "expression-unknown"
  | "collation-unknown"
  | "method-unknown"
  | "partial-unknown"
  | "direction-unknown"
  | "nulls-unknown"
  | "type-mismatch"
  | "version"
  | "operator";

export interface OrderPath {
  readonly verdict: "usable" | "unusable" | "unknown";
  readonly reason: OrderReason;
  /** The index that gives the order, or (`prefix-order`) its beginning. */
  readonly index?: Index;
  /** The index that comes nearest without giving the order. */
  readonly nearest?: Index;
  /** Name in the database of the column of the order that the reason speaks of. */
  readonly column?: string;
}

export interface OrderQuestion {
  readonly table: Table;
  /** WHERE, together with the ON conditions that restrict this table. */
  readonly predicate: Predicate;
  readonly order: readonly OrderItem[];
  readonly dialect: Dialect | undefined;
  /** What the statement calls the table. */
  readonly alias?: string;
  /** False when the statement has other relations: unqualified names may be theirs. */
  readonly alone?: boolean;
  /** Version of the server, as it names itself: `10.6.12-MariaDB`, `15.4`. Without it, what all supported versions agree on. */
  readonly version?: string;
}

const KNOWN_DIALECTS: readonly KnownDialect[] = ["postgresql", "mysql", "mariadb", "sqlite"];

/** Whether an index gives the order. */
export function orderPath(question: OrderQuestion): OrderPath {
  const { table, dialect } = question;
  if (question.order.length === 0) return { verdict: "usable", reason: "no-order" };
  if (table.view === true) return { verdict: "unknown", reason: "view" };
  if (table.uncertain !== undefined) return { verdict: "unknown", reason: "uncertain-table" };
  const known = KNOWN_DIALECTS.find((candidate) => candidate === dialect);
  if (known !== undefined) return judge(question, known);
  if (dialect !== undefined) return { verdict: "unknown", reason: "dialect" };
  const [first, ...others] = KNOWN_DIALECTS.map((candidate) => judge(question, candidate));
  return first !== undefined && others.every((other) => other.verdict === first.verdict) ? first : { verdict: "unknown", reason: "dialect" };
}

/** A column or an expression that rows are to be sorted by. */
interface Term {
  readonly column: Column;
  /** Text of the expression around the column, when it is not the column itself; undefined when it cannot be told. */
  readonly wrapped: false | { readonly text: string | undefined };
  readonly collation: string | undefined;
  readonly descending: boolean | undefined;
  readonly nulls: "first" | "last" | undefined;
}

/** How far a column has one value in all selected rows. */
interface Fixed {
  /** Undefined when it certainly has; otherwise what that depends on. */
  readonly doubt: OrderReason | undefined;
  /** The same for ordering by the column, which planners are worse at seeing; "never" where they do not see it. */
  readonly ordering: OrderReason | "never" | undefined;
  /** The value is not null, so that a unique key is fixed by it. */
  readonly single: boolean;
  /** In lower case, when the comparison is not made by the column's own. */
  readonly collation: string | undefined;
}

interface Candidate {
  readonly index: Index;
  /** Terms that the index gives. */
  readonly given: number;
  readonly full: "no" | "leading" | "after-equality" | "unique-prefix";
  readonly doubt: OrderReason | undefined;
  /** Why it does not give more. */
  readonly miss: OrderReason | undefined;
}

function judge(question: OrderQuestion, dialect: KnownDialect): OrderPath {
  return new OrderJudgement(question, dialect).path();
}

class OrderJudgement {
  readonly #relation: Relation;
  readonly #question: OrderQuestion;
  readonly #dialect: KnownDialect;
  readonly #indexes: readonly Index[];
  readonly #conjuncts: readonly Predicate[];
  readonly #fixed: ReadonlyMap<string, Fixed>;
  readonly #listed = new Set<string>();
  #opaque = false;

  constructor(question: OrderQuestion, dialect: KnownDialect) {
    this.#question = question;
    this.#dialect = dialect;
    this.#relation = { table: question.table, alias: question.alias, alone: question.alone ?? true };
    const { indexes } = question.table;
    this.#indexes = isMysql(dialect) ? [...indexes, ...foreignKeyIndexes(question.table)] : indexes;
    this.#conjuncts = conjunctsOf(question.predicate);
    const fixed = new Map<string, Fixed>();
    for (const conjunct of this.#conjuncts) this.#fix(conjunct, fixed, undefined);
    this.#fixed = fixed;
  }

  path(): OrderPath {
    const terms = this.#terms();
    if (!Array.isArray(terms)) return terms;
    const certain = terms.filter((term) => !this.#isFixed(term, true));
    const [first] = certain;
    if (first === undefined) return { verdict: "usable", reason: "no-order" };
    const single = this.#indexes.find((index) => index.kind !== "index" && index.where === undefined && index.parts.every((part) => this.#fixes(part)));
    if (single !== undefined) return { verdict: "usable", reason: "one-row", index: single };
    const hopeful = terms.filter((term) => !this.#isFixed(term, false));
    if (this.#dialect === "sqlite" && first.column.name === ROWID) return { verdict: "usable", reason: "leading" };
    const candidates = [...this.#candidates(certain, undefined), ...(hopeful.length < certain.length ? this.#candidates(hopeful, "optional") : [])];
    const sure = candidates.find((candidate) => candidate.full !== "no" && candidate.doubt === undefined);
    const isNullTerm = isMysql(this.#dialect) && certain.some((term) => this.#fixed.get(term.column.name)?.ordering === "never");
    if (sure !== undefined && isNullTerm) return { verdict: "unknown", reason: "operator", nearest: sure.index, column: first.column.name };
    if (sure !== undefined && sure.full !== "no") return { verdict: sure.full === "unique-prefix" && this.#dialect === "mysql" ? "unknown" : "usable", reason: sure.full, index: sure.index, column: first.column.name };
    if (this.#opaque) return { verdict: "unknown", reason: "opaque" };
    if (hopeful.length === 0) return { verdict: "unknown", reason: "optional" };
    const doubtful = candidates.find((candidate) => candidate.full !== "no");
    if (doubtful?.doubt !== undefined) return { verdict: "unknown", reason: doubtful.doubt, nearest: doubtful.index, column: first.column.name };
    const partly = candidates.filter((candidate) => candidate.given > 0).sort((left, right) => right.given - left.given)[0];
    if (partly?.doubt !== undefined && partly.doubt !== "optional") return { verdict: "unknown", reason: partly.doubt, nearest: partly.index, column: first.column.name };
    const open = hopeful.length < certain.length && this.#sortsInGroups() ? certain.map((term) => this.#fixed.get(term.column.name)?.doubt).find((doubt) => doubt !== undefined) : undefined;
    if (partly !== undefined && open !== undefined) return { verdict: "unknown", reason: open, nearest: partly.index, column: first.column.name };
    if (partly !== undefined) {
      const column = certain[partly.given]?.column.name ?? first.column.name;
      return { verdict: this.#sortsInGroups() ? "unknown" : "unusable", reason: "prefix-order", index: partly.index, nearest: partly.index, column };
    }
    return this.#nothing(first, candidates);
  }

  /** PostgreSQL (since 13) and SQLite sort the rest within rows that are equal so far, and can stop after any group. */
  #sortsInGroups(): boolean {
    switch (this.#dialect) {
      case "postgresql": {
        const major = versionOf(this.#question.version)?.[0];
        return major === undefined || major >= 13;
      }
      case "sqlite":
        return true;
      case "mysql":
      case "mariadb":
        return false;
    }
  }

  #nothing(first: Term, candidates: readonly Candidate[]): OrderPath {
    const column = first.column.name;
    const near = candidates.flatMap((candidate) => (candidate.miss === undefined ? [] : [{ ...candidate, miss: candidate.miss }])).sort((left, right) => DISTANCES.indexOf(left.miss) - DISTANCES.indexOf(right.miss))[0];
    if (near === undefined) return { verdict: "unusable", reason: first.wrapped === false ? "no-index" : "wrapped", column };
    return { verdict: "unusable", reason: near.miss, nearest: near.index, column };
  }

  /** The terms of the order that are columns of this table, or the verdict that follows from one that is not. */
  #terms(): Term[] | OrderPath {
    const terms: Term[] = [];
    for (const item of this.#question.order) {
      if (item.column === undefined) return { verdict: "unknown", reason: "expression" };
      const resolution = this.#resolve(item.column);
      if (resolution.kind === "unknown") return { verdict: "unknown", reason: "unknown-column" };
      if (resolution.kind === "foreign") return { verdict: "unknown", reason: "other-table" };
      const { column } = resolution;
      // Joined by an equality, the other table's index may give the order; equal columns of one row sort alike.
      if (this.#isPaired(column)) return { verdict: "unknown", reason: this.#relation.alone ? "same-row" : "other-table" };
      const term = this.#term(item, item.column, column);
      if (terms.some((other) => isSameTerm(other, term))) continue;
      terms.push(term);
    }
    return terms;
  }

  #resolve(reference: ColumnRef): ReturnType<typeof resolve> {
    const resolution = resolve(reference, this.#relation);
    const isRowid = resolution.kind === "unknown" && this.#dialect === "sqlite" && this.#relation.alone && /^(?:rowid|oid|_rowid_)$/iu.test(reference.name);
    return isRowid ? { kind: "own", column: this.#rowidAlias() ?? { name: ROWID, nullable: "no", provenance: this.#question.table.provenance } } : resolution;
  }

  /** The column that is SQLite's row number under another name: a primary key of the one column of type INTEGER. */
  #rowidAlias(): Column | undefined {
    const primary = this.#indexes.find((candidate) => candidate.kind === "primary");
    const [only, ...others] = primary?.parts ?? [];
    const column = only?.column === undefined || others.length > 0 ? undefined : findColumn({ name: only.column }, this.#relation.table);
    return column !== undefined && (column.rowid ?? column.type === "integer") ? column : undefined;
  }

  #term(item: OrderItem, reference: ColumnRef, column: Column): Term {
    const collate = reference.wrappers.find((wrapper) => wrapper.kind === "collate");
    const others = reference.wrappers.filter((wrapper) => wrapper.kind !== "collate" || isMysql(this.#dialect));
    const [outer] = others;
    const collation = collate?.kind === "collate" ? collate.collation : column.collation;
    return {
      column,
      wrapped: outer === undefined ? false : { text: outer.kind === "function" && collate === undefined ? outer.text : undefined },
      collation: collation?.toLowerCase(),
      descending: item.descending === "unknown" ? undefined : item.descending === "yes",
      nulls: item.nulls,
    };
  }

  #isPaired(column: Column): boolean {
    return this.#conjuncts.some((conjunct) => {
      const inner = conjunct.op === "optional" ? conjunct.item : conjunct;
      if (inner.op !== "compare" || inner.operator !== "=" || inner.operand.kind !== "column") return false;
      return [inner.column, inner.operand.column].some((side) => {
        const resolution = resolve(side, this.#relation);
        return resolution.kind === "own" && resolution.column.name === column.name;
      });
    });
  }

  /** Notes the columns that a conjunct leaves with one value. */
  #fix(conjunct: Predicate, fixed: Map<string, Fixed>, why: OrderReason | undefined): void {
    const note = (reference: ColumnRef, { doubt, ordering, single, collation }: Fixed): void => {
      const resolution = resolve(reference, this.#relation);
      if (resolution.kind !== "own" || reference.wrappers.length > 0) return;
      const { name } = resolution.column;
      const present = fixed.get(name);
      const found: Fixed = { doubt: why ?? doubt, ordering: ordering ?? why ?? doubt, single, collation };
      if (present === undefined || (present.doubt !== undefined && found.doubt === undefined) || (present.doubt === found.doubt && !present.single)) fixed.set(name, found);
    };
    const equal = (reference: ColumnRef, operand: Operand): void => {
      const isNull = operand.kind === "literal" && operand.value === null;
      const collation = operand.kind === "literal" || operand.kind === "parameter" ? operand.collation?.toLowerCase() : undefined;
      note(reference, isNull ? this.#nulls() : { doubt: this.#doubtOf(operand, reference), ordering: this.#orderingDoubt(reference, operand), single: true, collation });
    };
    switch (conjunct.op) {
      case "and":
        for (const item of conjunct.items) this.#fix(item, fixed, why);
        return;
      case "or":
        for (const item of conjunct.items) {
          if (conjunct.choice) this.#fix(item, fixed, why ?? "optional");
          // a = 1 OR a = 2 is a list to SQLite.
          else if (item.op === "compare" && item.operator === "=") this.#list(item.column);
        }
        return;
      case "optional":
        this.#fix(conjunct.item, fixed, why ?? "optional");
        return;
      case "not":
        // NOT (a <> 5) is a = 5 to some planners.
        if (conjunct.item.op === "compare" && (conjunct.item.operator === "<>" || conjunct.item.operator === "is distinct")) note(conjunct.item.column, { doubt: "operator", ordering: undefined, single: true, collation: undefined });
        return;
      case "compare":
        if (conjunct.operator === "=" || (conjunct.operator === "is not distinct" && this.#dialect !== "postgresql")) equal(conjunct.column, conjunct.operand);
        return;
      case "in": {
        if (conjunct.negated || conjunct.values.kind === "subquery") return;
        this.#list(conjunct.column);
        const [only, ...others] = conjunct.values.kind === "list" ? conjunct.values.operands : [];
        if (only !== undefined && others.length === 0) equal(conjunct.column, only);
        else if (conjunct.values.kind === "array" && conjunct.values.items === 1) note(conjunct.column, { doubt: "operator", ordering: undefined, single: true, collation: undefined });
        return;
      }
      case "null":
        // PostgreSQL has no such thing as a column that is known to be null (`indxpath.c`).
        if (!conjunct.negated && this.#dialect !== "postgresql") note(conjunct.column, this.#nulls());
        return;
      case "boolean":
        // A boolean key is as good as fixed, ORDER BY the same column is not (`indexcol_is_bool_constant_for_query`).
        if (this.#dialect === "postgresql") note(conjunct.column, { doubt: conjunct.form === "is" ? "operator" : undefined, ordering: "never", single: true, collation: undefined });
        return;
      case "opaque":
        if (conjunct.restricts !== "no") this.#opaque = true;
        return;
      case "constant":
      case "like":
      case "between":
      case "operator":
      case "exists":
      case "relation":
        return;
      default:
        unreachable(conjunct);
    }
  }

  #list(reference: ColumnRef): void {
    const resolution = resolve(reference, this.#relation);
    if (resolution.kind === "own" && reference.wrappers.length === 0) this.#listed.add(resolution.column.name);
  }

  /** IS NULL: MySQL and MariaDB enter an index by it, but do not see that ORDER BY the column decides nothing. */
  #nulls(): Fixed {
    return { doubt: undefined, ordering: isMysql(this.#dialect) ? "never" : undefined, single: false, collation: undefined };
  }

  #orderingDoubt(reference: ColumnRef, operand: Operand): Fixed["ordering"] {
    const resolution = resolve(reference, this.#relation);
    const type = resolution.kind === "own" ? resolution.column.type : undefined;
    switch (this.#dialect) {
      case "postgresql":
        // `flag = true` is the condition `flag`.
        return operand.kind === "literal" && typeof operand.value === "boolean" ? "never" : undefined;
      case "mysql":
      case "mariadb":
        // Texts are seen to be equal in one collation only, and that of a literal is the connection's.
        return isText(type) ? "collation-unknown" : undefined;
      case "sqlite":
        return undefined;
    }
  }

  #doubtOf(operand: Operand, reference: ColumnRef): OrderReason | undefined {
    if ((operand.kind === "literal" || operand.kind === "parameter") && operand.collation !== undefined && this.#dialect !== "sqlite") return "collation-unknown";
    switch (operand.kind) {
      case "literal": {
        const resolution = resolve(reference, this.#relation);
        const type = resolution.kind === "own" ? resolution.column.type : undefined;
        if (operand.value === null || type === undefined) return undefined;
        // 'x' = 5 compares as numbers in MySQL; an integer column with 2.5 is converted in PostgreSQL.
        if (isMysql(this.#dialect) && isText(type) && typeof operand.value !== "string") return "type-mismatch";
        return this.#dialect === "postgresql" && typeof operand.value === "number" && !Number.isInteger(operand.value) ? "type-mismatch" : undefined;
      }
      case "parameter":
        return undefined;
      case "expression":
        return operand.volatile === "no" ? undefined : "operator";
      case "column":
        return "other-table";
      case "subquery":
        return "operator";
    }
  }

  /** Is the column of the term the same in all selected rows? With `sure` false, may it be? */
  #isFixed(term: Term, sure: boolean): boolean {
    if (term.wrapped !== false) return false;
    const fixed = this.#fixed.get(term.column.name);
    if (fixed !== undefined && !this.#isCollation(fixed.collation ?? term.column.collation, term.collation)) return false;
    return fixed !== undefined && fixed.ordering !== "never" && (!sure || (fixed.doubt === undefined && fixed.ordering === undefined));
  }

  #isCollation(left: string | undefined, right: string | undefined): boolean {
    const plain = this.#dialect === "sqlite" ? "binary" : "default";
    return (left ?? plain).toLowerCase() === (right ?? plain).toLowerCase();
  }

  #fixes(part: IndexPart): boolean {
    const column = part.column === undefined ? undefined : findColumn({ name: part.column }, this.#relation.table);
    const fixed = column === undefined ? undefined : this.#fixed.get(column.name);
    return fixed !== undefined && fixed.doubt === undefined && fixed.single && part.length === undefined;
  }

  #candidates(terms: readonly Term[], doubt: OrderReason | undefined): readonly Candidate[] {
    return this.#indexes.flatMap((index) => {
      const readings = this.#readings(index).map((parts) => this.#match(index, parts, terms, doubt));
      const [first, second] = readings;
      if (first === undefined) return [];
      // Read either way, depending on the version of the server.
      if (second === undefined || (first.full === "no") === (second.full === "no")) return [first];
      return [{ ...(first.full === "no" ? second : first), doubt: "version" as const }];
    });
  }

  /** The keys of an index, with the primary key that InnoDB and SQLite's rowid append. Two lists where versions differ. */
  #readings(index: Index): readonly (readonly IndexPart[])[] {
    const parts = [...index.parts, ...this.#appended(index)];
    if (this.#dialect !== "mariadb" || parts.every((part) => part.descending !== true)) return [parts];
    const ascending = parts.map((part): IndexPart => ({ ...part, descending: false }));
    const version = versionOf(this.#question.version);
    if (version === undefined) return [parts, ascending];
    // Descending keys are parsed and ignored before 10.8.
    const [major, minor] = version;
    return [major > 10 || (major === 10 && minor >= 8) ? parts : ascending];
  }

  #appended(index: Index): readonly IndexPart[] {
    if (this.#dialect === "postgresql" || index.kind === "primary") return [];
    if (this.#dialect === "sqlite") return [{ column: this.#rowidAlias()?.name ?? ROWID }];
    const primary = this.#indexes.find((candidate) => candidate.kind === "primary");
    const present = new Set(index.parts.flatMap((part) => (part.length === undefined ? [part.column?.toLowerCase()] : [])));
    return (primary?.parts ?? []).filter((part) => !present.has(part.column?.toLowerCase()));
  }

  #match(index: Index, parts: readonly IndexPart[], terms: readonly Term[], initial: OrderReason | undefined): Candidate {
    let doubt = initial;
    const miss = (reason: OrderReason | undefined, given = 0): Candidate => ({ index, given, full: "no", doubt, miss: reason });
    const mentioned = terms[0] !== undefined && mentions(index, terms[0].column);
    if (index.method !== "btree" && !(index.method === "hash" && isMysql(this.#dialect))) {
      if (!mentioned) return miss(undefined);
      // GiST gives nearest neighbours in order; of other methods nothing is known.
      if (index.method === "gist" || index.method === "spgist" || index.method === "other") return { index, given: 0, full: "leading", doubt: doubt ?? "method-unknown", miss: undefined };
      return miss("method");
    }
    if (index.where !== undefined) {
      const implied = implies(this.#conjuncts, index.where, this.#relation, this.#dialect);
      if (implied === "no") return miss(mentioned ? "partial" : undefined);
      if (implied === "unknown") doubt ??= "partial-unknown";
    }
    let given = 0;
    let backwards: boolean | undefined;
    let skipped = 0;
    let reason: OrderReason | undefined;
    for (const part of parts) {
      const term = terms[given];
      if (term === undefined) break;
      const found = this.#compare(part, term, given === 0, terms.length === 1);
      if (found.match === "yes" || found.match === "perhaps") {
        if (found.backwards !== undefined) {
          if (backwards !== undefined && backwards !== found.backwards) {
            reason = "direction";
            break;
          }
          backwards = found.backwards;
        }
        if (found.match === "perhaps") doubt ??= found.reason;
        given += 1;
        continue;
      }
      const column = part.column === undefined ? undefined : findColumn({ name: part.column }, this.#relation.table);
      const fixed = column === undefined ? undefined : this.#fixed.get(column.name);
      // SQLite skips only the columns that it enters the index by.
      const isSkipped = this.#dialect !== "sqlite" || (given === 0 && this.#isCollation(part.collation ?? column?.collation, fixed?.collation ?? column?.collation));
      if (fixed !== undefined && isSkipped) {
        doubt ??= fixed.doubt;
        if (given === 0) skipped += 1;
        continue;
      }
      reason = found.reason ?? (column !== undefined && this.#listed.has(column.name) && mentioned ? "list" : undefined);
      break;
    }
    if (given === terms.length) return { index, given, full: skipped > 0 ? "after-equality" : "leading", doubt, miss: undefined };
    // MariaDB sorts all the same (10.11); of MySQL it is not documented.
    if (given > 0 && reason === undefined && this.#dialect !== "mariadb" && this.#isUniquePrefix(index, terms.slice(0, given))) return { index, given, full: "unique-prefix", doubt, miss: undefined };
    return miss(given > 0 ? "prefix-order" : (reason ?? (mentioned ? "not-leading" : undefined)), given);
  }

  /** Do the first terms hold a whole unique key, beside columns that are fixed, without nulls (which a key may repeat)? */
  #isUniquePrefix(index: Index, terms: readonly Term[]): boolean {
    const key = (candidate: Index): boolean =>
      candidate.kind !== "index" &&
      candidate.where === undefined &&
      candidate.parts.length > 0 &&
      candidate.parts.every((part) => this.#fixes(part) || terms.some((term) => term.wrapped === false && part.length === undefined && leads(part, term.column) && (candidate.kind === "primary" || term.column.nullable === "no")));
    return key(index) || this.#indexes.some(key);
  }

  #compare(part: IndexPart, term: Term, isFirst: boolean, isOnly: boolean): { readonly match: "yes" | "no" | "perhaps"; readonly backwards?: boolean; readonly reason?: OrderReason } {
    if (term.wrapped === false) {
      if (!leads(part, term.column)) return { match: "no" };
      if (part.length !== undefined) return { match: "no", reason: "prefix-length" };
    } else {
      if (part.expression === undefined || !expressionNames(part.expression, term.column.name)) return { match: "no", ...(leads(part, term.column) ? { reason: "wrapped" as const } : {}) };
      const { text } = term.wrapped;
      if (text === undefined) return { match: "perhaps", reason: "expression-unknown" };
      if (!sameExpression(part.expression, text)) return isOtherExpression(part.expression, text) ? { match: "no", reason: "wrapped" } : { match: "perhaps", reason: "expression-unknown" };
    }
    const collation = this.#collation(part, term);
    if (collation === "other") return { match: "no", reason: "collation" };
    const direction = this.#direction(part, term, isFirst, isOnly);
    if (direction.match === "yes" && collation === "unknown") return { ...direction, match: "perhaps", reason: "collation-unknown" };
    return direction;
  }

  #collation(part: IndexPart, term: Term): "same" | "other" | "unknown" {
    const { type } = term.column;
    if (part.operatorClass !== undefined && this.#dialect === "postgresql") {
      const name = part.operatorClass.toLowerCase();
      if (/pattern_ops$/u.test(name)) return "other";
      if (!DEFAULT_CLASS.test(name)) return "unknown";
    }
    if (term.wrapped !== false || !isText(type)) {
      return term.wrapped === false || part.collation === undefined ? "same" : "unknown";
    }
    const indexed = (part.collation ?? term.column.collation)?.toLowerCase();
    switch (this.#dialect) {
      case "sqlite":
        return (indexed ?? "binary") === (term.collation ?? "binary") ? "same" : "other";
      case "postgresql":
        if ((indexed ?? "default") === (term.collation ?? "default")) return "same";
        // A library's declaration does not say what collation a column has.
        return term.column.provenance.kind === "sql" || term.column.provenance.kind === "snapshot" ? "other" : "unknown";
      case "mysql":
      case "mariadb":
        return "same";
    }
  }

  /** Walked forwards, an index gives its own directions, walked backwards all of them reversed, nulls included. */
  #direction(part: IndexPart, term: Term, isFirst: boolean, isOnly: boolean): { readonly match: "yes" | "no" | "perhaps"; readonly backwards?: boolean; readonly reason?: OrderReason } {
    if (term.descending === undefined) return isOnly && term.nulls === undefined ? { match: "yes" } : { match: "perhaps", reason: "direction-unknown" };
    const descending = part.descending === true;
    const backwards = descending !== term.descending;
    const wanted = (term.nulls ?? this.#defaultNulls(term.descending)) === "first";
    const has = (part.nulls ?? this.#defaultNulls(descending)) === "first";
    if (wanted === (has !== backwards)) return { match: "yes", backwards };
    switch (this.#dialect) {
      case "postgresql":
        return { match: "no", reason: "nulls" };
      case "sqlite":
        // The scan starts behind the nulls and appends them, for the first column that is not fixed only.
        if (!isFirst) return { match: this.#listed.size > 0 ? "perhaps" : "no", backwards, reason: this.#listed.size > 0 ? "nulls-unknown" : "nulls" };
        return this.#listed.has(term.column.name) ? { match: "perhaps", backwards, reason: "nulls-unknown" } : { match: "yes", backwards };
      case "mysql":
      case "mariadb":
        return { match: "perhaps", reason: "nulls-unknown" };
    }
  }

  /** PostgreSQL holds nulls for the greatest values, the others for the smallest. */
  #defaultNulls(descending: boolean): "first" | "last" {
    return (this.#dialect === "postgresql") === descending ? "first" : "last";
  }
}

/** SQLite's name for the key of a table, behind every key of its indexes. */
const ROWID = "rowid";

/** From what a small change would cure to what needs a new index. */
const DISTANCES: readonly OrderReason[] = ["direction", "nulls", "list", "partial", "collation", "wrapped", "prefix-length", "not-leading", "method"];

const DEFAULT_CLASS = /^(?:text|varchar|bpchar|int[248]|uuid|bool|date|timestamp|timestamptz|numeric|enum|float[48])_ops$/u;

function isMysql(dialect: KnownDialect): boolean {
  return dialect === "mysql" || dialect === "mariadb";
}

function mentions(index: Index, column: Column): boolean {
  return index.parts.some((part) => leads(part, column) || (part.expression !== undefined && expressionNames(part.expression, column.name)));
}

function isSameTerm(left: Term, right: Term): boolean {
  const text = (term: Term): string | undefined => (term.wrapped === false ? "" : term.wrapped.text);
  return left.column.name === right.column.name && text(left) !== undefined && text(left) === text(right) && left.collation === right.collation;
}

/** Do two expressions name different things, whatever way they are written in? */
function isOtherExpression(left: string, right: string): boolean {
  const words = (text: string): string => [...new Set(expressionTokens(text).filter((token) => /^[\p{L}_]/u.test(token)))].sort().join(" ");
  return words(left) !== words(right);
}
