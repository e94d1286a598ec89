/** Subjects made by hand, for tests of the bridge and of the rules that need no analysis. */
import type { Analyze } from "../../src/eslint/rules.js";
import type { FileAnalysis } from "../../src/analyze.js";
import type { QueryFacts, Subject } from "../../src/facts/contract.js";
import type { Query, Range, Span, TableRef } from "../../src/query/model.js";

const everything: Span = { start: 0, end: 1 };

/** A table named `name`. */
export function table(name: string): TableRef {
  return { name, alias: name, span: everything };
}

/** A select of every column of `orders`, sent at once, that stands at `range`; `changes` replaces parts of it. */
export function query(range: Range, changes: Partial<Query> = {}): Query {
  return {
    kind: "select",
    span: { start: range[0], end: range[1] },
    certainty: "parsed",
    sources: [{ kind: "table", table: table("orders") }],
    where: { op: "constant", value: true, written: false },
    projection: { all: true, columns: [], aggregate: "no" },
    groupBy: [],
    having: false,
    distinct: false,
    orderBy: [],
    assignments: [],
    returning: false,
    subqueries: [],
    ctes: [],
    library: "test",
    dialect: "postgresql",
    site: { library: "test", node: { type: "CallExpression", range }, range, file: "test.js", evidence: "origin", name: "db.query" },
    sending: "now",
    delivery: "all",
    batchesInTick: false,
    wholeTableByName: false,
    byUniqueKey: false,
    inputs: [],
    locate: ({ start, end }) => [start, end],
    edits: {},
    bulk: {},
    ...changes,
  };
}

/** Facts that know nothing; `changes` answers what a test is about. */
export function facts(changes: Partial<QueryFacts> = {}): QueryFacts {
  return {
    bound: () => ({ kind: "unknown", why: "made by hand" }),
    writeScope: () => ({ kind: "unknown", why: "made by hand" }),
    droppedConditions: () => [],
    repetitions: () => [],
    access: () => [],
    keyUses: () => [],
    order: () => undefined,
    tableName: () => "orders",
    isSmall: () => false,
    rows: () => undefined,
    text: () => "",
    line: () => 1,
    ...changes,
  };
}

/** An analysis that answers with these subjects, whatever the file holds. */
export function analysisOf(...subjects: readonly Subject[]): Analyze {
  const analysis: FileAnalysis = { subjects, tables: () => [], coverage: { sites: subjects.length, resolved: subjects.length, opaque: {} } };
  return () => analysis;
}

/** A subject: a query with its facts. */
export function subject(of: Query, its: QueryFacts = facts(), reached = false): Subject {
  return { query: of, facts: its, reached };
}
