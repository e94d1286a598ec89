/** Our verdicts against PostgreSQL's own planner; `npm run oracle` compares many more. */
import { expect, it } from "vitest";
import { compare, CONDITIONS } from "./compare.js";
import { openPostgresql } from "./postgresql-engine.js";
import { report } from "./verdict.js";

const SEED = Number(process.env["QUERY_GUARD_SEED"] ?? 1);
const CASES = Number(process.env["QUERY_GUARD_CASES"] ?? 30);

it("agrees with PostgreSQL", async () => {
  const oracle = await openPostgresql();
  try {
    const { tally } = await compare(oracle, SEED, CASES);
    report(tally);
    expect(tally.pairs).toBeGreaterThan(CASES * CONDITIONS * 0.7);
    expect(tally.denied).toEqual([]);
    expect(tally.agree / tally.definite).toBeGreaterThan(0.99);
    expect(tally.definite / tally.pairs).toBeGreaterThan(0.85);
  } finally {
    await oracle.close();
  }
}, 600_000);
