/** What an index of one method and operator class does for one test of its key (pg_amop; manual, chapters 65 to 71). */
import type { Tri } from "../../../base/tri.js";
import type { Operand } from "../../../query/model.js";
import type { Index, IndexPart, Table } from "../../../schema/model.js";
import type { AccessReason } from "../../access.js";
import { keyOf, sameFamily, type Key, type Subject } from "./subjects.js";
import { familyOf, hasCollation, keepsType, typeOfOperand } from "./types.js";
import type { Fixed } from "./patterns.js";

/** What a condition asks of its subject. */
export type Test =
  /** `any`: a quantified comparison; the operand is an array. */
  | { readonly kind: "compare"; readonly operator: "=" | "<" | "<=" | ">" | ">="; readonly operands: readonly Operand[]; readonly any: boolean }
  | { readonly kind: "null"; readonly negated: boolean }
  | { readonly kind: "boolean" }
  /** LIKE, regular expressions, starts_with. `fixed`: undefined when it is not known, a word for why. */
  | { readonly kind: "pattern"; readonly operator: string; readonly fixed: Fixed | "parameter" | "unknown"; readonly operands: readonly Operand[] }
  /** Containment, overlap, full text, `= ANY (column)`, … */
  | { readonly kind: "operator"; readonly operator: string; readonly operands: readonly Operand[] }
  | { readonly kind: "row"; readonly operands: readonly Operand[] }
  | { readonly kind: "semi-join" };

export interface Answer {
  readonly verdict: "yes" | "no" | "perhaps";
  readonly reason: AccessReason;
}

const YES: Answer = { verdict: "yes", reason: "leading" };
const no = (reason: AccessReason): Answer => ({ verdict: "no", reason });
const perhaps = (reason: AccessReason): Answer => ({ verdict: "perhaps", reason });

/** May a key behind the first one be searched by itself? Only a B-tree reads from its first key. */
export function anyKeyServes(index: Index): boolean {
  return index.method === "gin" || index.method === "gist" || index.method === "brin";
}

export function serve(index: Index, part: IndexPart, subject: Subject, test: Test, table: Table): Answer {
  if (test.kind === "semi-join") return perhaps("subquery");
  if ("operands" in test) {
    const volatile = test.operands.map((operand) => (operand.kind === "expression" ? operand.volatile : "no"));
    if (volatile.includes("yes")) return no("volatile");
    if (volatile.includes("unknown")) return perhaps("operator");
  }
  switch (index.method) {
    case "btree":
      return byBtree(part, subject, test, table);
    case "hash":
      return byHash(part, subject, test, table);
    case "gin":
      return byGin(part, subject, test, table);
    case "gist":
      return byGist(part, subject, test, table);
    case "spgist":
      return bySpgist(part, subject, test, table);
    case "brin":
      return byBrin(part, subject, test, table);
    case "fulltext":
    case "spatial":
      return no("method");
    case "other":
      return perhaps("method-unknown");
  }
}

/** What comparing with the values does to the subject, and whether the key is compared the same way. */
function byComparison(part: IndexPart, subject: Subject, test: Extract<Test, { kind: "compare" | "row" }>, table: Table): Answer {
  const key = keyOf(part, table);
  const family = sameFamily(key, subject);
  if (family !== "yes") return family === "no" ? no("type-mismatch") : perhaps("type-mismatch");
  for (const operand of test.operands) {
    if (operand.kind === "subquery") return perhaps("subquery");
    if (operand.kind === "literal" && operand.value === null) continue;
    const kept = keepsType(subject.type, operand, test.kind === "compare" && test.any);
    if (kept !== "yes") return kept === "no" ? no("type-mismatch") : perhaps("type-mismatch");
    // Of two rows only the first values decide.
    if (test.kind === "row") break;
  }
  return sameCollation(key, subject, test.operands) ? YES : no("operator-class");
}

/** The collation of a comparison: one that is written, on either side, before the column's; a `name` brings its own, C (manual 24.2). */
function sameCollation(key: Key, subject: Subject, operands: readonly Operand[]): boolean {
  if (!hasCollation(subject.type)) return true;
  const written = operands.map((operand) => (operand.kind === "literal" || operand.kind === "parameter" ? operand.collation?.toLowerCase() : undefined)).find((collation) => collation !== undefined);
  const isName = operands.some((operand) => "sqlType" in operand && operand.sqlType === "name");
  return key.collation === (written ?? subject.collation ?? (isName ? "c" : undefined));
}

/** As above, in a family whose operators take one type only. */
function byOneType(part: IndexPart, subject: Subject, test: Extract<Test, { kind: "compare" }>, table: Table): Answer {
  const { type } = keyOf(part, table);
  const others = test.operands.filter((operand) => (typeOfOperand(operand) ?? type) !== type);
  return others.length > 0 ? perhaps("type-mismatch") : byComparison(part, subject, test, table);
}

const PATTERN_CLASS = /^(?:text|varchar|bpchar)_pattern_ops$/u;
/** The default classes, written out. */
const PLAIN_CLASS = /^(?:text|varchar|bpchar|name|int[248]|uuid|bool|date|time|timetz|timestamp|timestamptz|interval|numeric|enum|float[48]|bytea|inet|cidr|jsonb|array|oid|bit|varbit|citext|money|record)_ops$/u;

function classOf(part: IndexPart): string | undefined {
  return part.operatorClass?.toLowerCase().replace(/\(.*$/u, "");
}

function byBtree(part: IndexPart, subject: Subject, test: Test, table: Table): Answer {
  const operatorClass = classOf(part);
  const isPattern = operatorClass !== undefined && PATTERN_CLASS.test(operatorClass);
  if (operatorClass !== undefined && !isPattern && !PLAIN_CLASS.test(operatorClass)) return perhaps("method-unknown");
  switch (test.kind) {
    case "compare":
      // "Note that you should also create an index with the default operator class" for < and > (manual 11.10).
      return isPattern && test.operator !== "=" ? no("operator-class") : byComparison(part, subject, test, table);
    case "row":
      return isPattern ? no("operator-class") : byComparison(part, subject, test, table);
    case "null":
      return YES;
    case "boolean":
      return subject.type === undefined || subject.type === "boolean" ? YES : perhaps("type-mismatch");
    case "pattern":
      return byPrefix(part, subject, test, table, isPattern);
    case "operator":
      return becomesRange(test.operator, keyOf(part, table).type) ? perhaps("operator") : no("method");
    case "semi-join":
      return perhaps("subquery");
  }
}

/**
 * Operators that the planner may turn into a range of the key: `inet << constant` (network_support), and
 * `element <@ range` from version 17 on (elem_contained_by_range_support).
 */
function becomesRange(operator: string, type: string | undefined): boolean {
  if (operator === "<<" || operator === "<<=" || operator === ">>" || operator === ">>=") return type === undefined || familyOf(type) === "network";
  return operator === "<@" && (type === undefined || !(type.endsWith("[]") || type.endsWith("range") || type === "jsonb" || type === "tsquery"));
}

/** A pattern's fixed beginning is a range in an index whose order is that of the bytes (like_support.c). */
function byPrefix(part: IndexPart, subject: Subject, { operator, fixed }: Extract<Test, { kind: "pattern" }>, table: Table, bytes: boolean): Answer {
  const isInsensitive = operator === "ilike" || operator === "~*";
  const family = familyOf(subject.type);
  if (subject.type !== undefined && family !== "text" && family !== "bpchar") return family === "citext" ? no("ignores-case") : perhaps("type-mismatch");
  const key = keyOf(part, table);
  if (sameFamily(key, subject) === "no") return no("type-mismatch");
  // Without a fixed value there is nothing to look up when the plan is made; a plan for one value may know it.
  if (fixed === "parameter") return perhaps("parameter");
  if (fixed === "unknown") return perhaps("operator");
  if (fixed.exact) return YES;
  if (fixed.prefix === "") return no(isInsensitive ? "ignores-case" : "leading-wildcard");
  if (bytes) return YES;
  switch (sortsByBytes(key.collation)) {
    case "yes":
      return YES;
    case "no":
      return no("operator-class");
    case "unknown":
      return perhaps("collation");
  }
}

/**
 * Does a B-tree of this collation keep the texts with one prefix together (manual 11.10 and 24.2)? Undefined: the
 * database's, which is not known. `C.UTF-8` does as PostgreSQL's own (from 17 on), not as the operating system's; a name
 * that is no locale is somebody's own collation.
 */
function sortsByBytes(collation: string | undefined): Tri {
  if (collation === undefined) return "unknown";
  if (/^(?:c|posix|ucs_basic|pg_c_utf8)$/u.test(collation)) return "yes";
  return /^[a-z]{2,3}(?:[_-][a-z]{2}(?:[.@].*)?|(?:-\w+)*-x-icu)$/u.test(collation) ? "no" : "unknown";
}

function byHash(part: IndexPart, subject: Subject, test: Test, table: Table): Answer {
  switch (test.kind) {
    case "compare":
      return test.operator === "=" ? byComparison(part, subject, test, table) : no("method");
    case "boolean":
      return YES;
    case "pattern":
      if (test.fixed === "parameter") return perhaps("parameter");
      if (test.fixed === "unknown") return perhaps("operator");
      if (!test.fixed.exact) return no("method");
      return familyOf(subject.type) === "text" ? YES : familyOf(subject.type) === "bpchar" ? perhaps("type-mismatch") : no("method");
    case "null":
    case "row":
    case "operator":
    case "semi-join":
      return no("method");
  }
}

const TRIGRAM_OPERATORS: ReadonlySet<string> = new Set(["like", "ilike", "~", "~*", "%", "<%", "%>", "<<%", "%>>"]);
const ARRAY_OPERATORS: ReadonlySet<string> = new Set(["@>", "<@", "&&"]);
const JSONB_OPERATORS: ReadonlySet<string> = new Set(["@>", "?", "?|", "?&", "@?", "@@"]);
const JSONB_PATH_OPERATORS: ReadonlySet<string> = new Set(["@>", "@?", "@@"]);
/** Operators of none of the classes that PostgreSQL brings along. */
const NEVER_INDEXED: ReadonlySet<string> = new Set(["= any", "!~", "!~*", "is", "between", "case"]);

function operatorOf(test: Test): string | undefined {
  return test.kind === "pattern" || test.kind === "operator" ? test.operator : undefined;
}

function byTrigrams(part: IndexPart, test: Test, subject: Subject, table: Table): Answer {
  const family = familyOf(subject.type);
  if (family === "citext") return perhaps("type-mismatch");
  if (family !== undefined && family !== "text") return no("type-mismatch");
  if ("operands" in test && !sameCollation(keyOf(part, table), subject, test.operands)) return no("operator-class");
  if (test.kind === "compare") return test.operator === "=" ? YES : no("method");
  const operator = operatorOf(test);
  // The pattern is taken apart when the plan runs, so that a parameter serves as well.
  const bare = operator?.replace(/ any$/u, "").replace(/^~~\*$/u, "ilike").replace(/^~~$/u, "like");
  return bare !== undefined && TRIGRAM_OPERATORS.has(bare) ? YES : no("method");
}

function byGin(part: IndexPart, subject: Subject, test: Test, table: Table): Answer {
  if (test.kind === "null" || test.kind === "row" || test.kind === "semi-join") return no("method");
  const operatorClass = classOf(part);
  if (operatorClass === "gin_trgm_ops") return byTrigrams(part, test, subject, table);
  const operator = operatorOf(test);
  const type = keyOf(part, table).type ?? subject.type;
  if (operator !== undefined && NEVER_INDEXED.has(operator)) return no("method");
  // `@> ANY (array)` is searched for each element.
  if (operator?.endsWith(" any") === true) return perhaps("operator");
  if (operatorClass === "jsonb_path_ops") return operator !== undefined && JSONB_PATH_OPERATORS.has(operator) ? YES : no("method");
  if (operatorClass !== undefined && operatorClass !== "jsonb_ops" && operatorClass !== "array_ops" && operatorClass !== "tsvector_ops") return perhaps("method-unknown");
  if (type === undefined) return perhaps("method-unknown");
  if (type === "jsonb") return operator !== undefined && JSONB_OPERATORS.has(operator) ? YES : no("method");
  if (type === "tsvector") return operator === "@@" || operator === "@@@" ? YES : no("method");
  if (type.endsWith("[]")) return (operator !== undefined && ARRAY_OPERATORS.has(operator)) || (test.kind === "compare" && test.operator === "=") ? YES : no("method");
  // The extension btree_gin: the operators of a B-tree.
  if (test.kind === "compare") return byOneType(part, subject, test, table);
  return operator === undefined ? perhaps("method-unknown") : becomesRange(operator, type) ? perhaps("operator") : no("method");
}

function byGist(part: IndexPart, subject: Subject, test: Test, table: Table): Answer {
  if (test.kind === "null") return YES;
  if (test.kind === "row") return no("method");
  const operatorClass = classOf(part);
  if (operatorClass === "gist_trgm_ops") return byTrigrams(part, test, subject, table);
  const type = keyOf(part, table).type ?? subject.type;
  const operator = operatorOf(test);
  if (operator !== undefined && NEVER_INDEXED.has(operator)) return no("method");
  if (operatorClass === undefined || operatorClass === "tsvector_ops") {
    if (type === "tsvector") return operator === "@@" ? YES : test.kind === "operator" || test.kind === "pattern" ? no("method") : perhaps("method-unknown");
  }
  // The extension btree_gist: the operators of a B-tree.
  if (operatorClass === undefined && test.kind === "compare" && familyOf(type) !== undefined && familyOf(type) !== "network") return byOneType(part, subject, test, table);
  return perhaps("method-unknown");
}

function bySpgist(part: IndexPart, subject: Subject, test: Test, table: Table): Answer {
  const type = keyOf(part, table).type;
  if (test.kind === "null") return YES;
  if (familyOf(type) !== "text" || classOf(part) !== undefined) return perhaps("method-unknown");
  if (test.kind === "compare") return byOneType(part, subject, test, table);
  if (test.kind === "pattern") return byPrefix(part, subject, test, table, true);
  return no("method");
}

function byBrin(part: IndexPart, subject: Subject, test: Test, table: Table): Answer {
  const operatorClass = classOf(part);
  const isBloom = operatorClass?.endsWith("_bloom_ops") === true;
  if (operatorClass !== undefined && !isBloom && !/_minmax(?:_multi)?_ops$/u.test(operatorClass)) return perhaps("method-unknown");
  const family = familyOf(keyOf(part, table).type);
  // The default class of `inet` is that of containment, which has no order.
  if (family === undefined || (family === "network" && operatorClass === undefined)) return perhaps("method-unknown");
  switch (test.kind) {
    case "compare":
      if (test.operands.some((operand) => typeOfOperand(operand) === "name")) return perhaps("type-mismatch");
      return isBloom && test.operator !== "=" ? no("method") : byComparison(part, subject, test, table);
    case "null":
      return YES;
    case "pattern":
      return isBloom ? perhaps("method-unknown") : byPrefix(part, subject, test, table, false);
    case "operator":
      return becomesRange(test.operator, keyOf(part, table).type) ? perhaps("operator") : no("method");
    case "row":
    case "boolean":
      return no("method");
    case "semi-join":
      return perhaps("subquery");
  }
}
