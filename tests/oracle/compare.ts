/** Random cases of one seed, our verdicts beside what an engine does. */
import { makeCase, random, type Vocabulary } from "./generate.js";
import { count, newTally, schemaOfDdl, verdictOf, type Tally } from "./verdict.js";

/** What an engine does with a condition on `t`. */
export interface Reading {
  /** With every index there, as the planner chose: does the condition bound what is read? */
  readonly seeks: boolean;
  /** The same, or with one of the indexes alone: then cost does not decide between them. */
  readonly can: boolean;
}

/** One statement: what stands behind FROM, and behind WHERE. */
export interface Asked {
  readonly source: string;
  readonly condition: string;
}

export interface Oracle {
  readonly name: string;
  readonly version: string;
  readonly vocabulary: Vocabulary;
  /** Of each condition: undefined when the engine refuses it, or reads nothing for it. */
  readonly readings: (ddl: readonly string[], conditions: readonly Asked[]) => Promise<readonly (Reading | undefined)[]>;
  /** Conditions that are never true are planned like any other: what is known of them without a plan is left out. */
  readonly plansNever?: boolean;
  readonly close: () => Promise<void> | void;
}

/** Conditions in each case: on one table with its indexes. */
export const CONDITIONS = 20;

export interface Comparison {
  readonly tally: Tally;
  /** The same against the plan that was chosen with all indexes there. */
  readonly chosen: Tally;
}

/** Compares `cases` times {@link CONDITIONS} conditions. */
export async function compare(oracle: Oracle, seed: number, cases: number): Promise<Comparison> {
  const { vocabulary, version } = oracle;
  const { dialect } = vocabulary;
  const tally = newTally();
  const chosen = newTally();
  const next = random(seed);
  for (let at = 0; at < cases; at += 1) {
    const { ddl, conditions, sources } = makeCase(next, vocabulary, CONDITIONS);
    const schema = schemaOfDdl(ddl, dialect);
    // The first definition of the table is the one that is meant where none is named.
    const indexes = ddl.filter((statement) => statement.startsWith("CREATE INDEX") || vocabulary.otherTables?.includes(statement) === true).join("; ");
    const asked = conditions.map((condition, position): Asked => ({ condition, source: sources[position] ?? "t" }));
    const readings = await oracle.readings(ddl, asked);
    for (const [position, { condition, source }] of asked.entries()) {
      const reading = readings[position];
      if (reading === undefined) continue;
      const path = verdictOf(schema, condition, dialect, version, source);
      if (oracle.plansNever === true && path?.reason === "never-true") continue;
      const what = `${indexes} | ${source === "t" ? "" : `[${source}] `}${condition}`;
      count(tally, path, reading.can, what);
      count(chosen, path, reading.seeks, what);
    }
  }
  return { tally, chosen };
}
