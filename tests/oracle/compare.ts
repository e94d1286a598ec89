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

export interface Oracle {
  readonly name: string;
  readonly version: string;
  readonly vocabulary: Vocabulary;
  /** Of each condition: undefined when the engine refuses it, or reads nothing for it. */
  readonly readings: (ddl: readonly string[], conditions: readonly string[]) => Promise<readonly (Reading | undefined)[]>;
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
    const { ddl, conditions } = makeCase(next, vocabulary, CONDITIONS);
    const schema = schemaOfDdl(ddl, dialect);
    const indexes = ddl.filter((statement) => statement.startsWith("CREATE INDEX")).join("; ");
    const readings = await oracle.readings(ddl, conditions);
    for (const [position, condition] of conditions.entries()) {
      const reading = readings[position];
      if (reading === undefined) continue;
      const path = verdictOf(schema, condition, dialect, version);
      count(tally, path, reading.can, `${indexes} | ${condition}`);
      count(chosen, path, reading.seeks, `${indexes} | ${condition}`);
    }
  }
  return { tally, chosen };
}
