/** Our verdicts against SQLite's own planner; `npm run oracle` compares many more. */
import { expect, it } from "vitest";
import { compare, CONDITIONS } from "./compare.js";
import { openSqliteOracle } from "./sqlite-engine.js";
import { report } from "./verdict.js";

const SEED = Number(process.env["QUERY_GUARD_SEED"] ?? 1);
const CASES = Number(process.env["QUERY_GUARD_CASES"] ?? 60);

it("agrees with SQLite", async () => {
  const oracle = await openSqliteOracle();
  try {
    const { tally } = await compare(oracle, SEED, CASES);
    report(tally);
    expect(tally.pairs).toBeGreaterThan(CASES * CONDITIONS * 0.8);
    expect(tally.denied).toEqual([]);
    expect(tally.agree / tally.definite).toBeGreaterThan(0.995);
    expect(tally.definite / tally.pairs).toBeGreaterThan(0.8);
  } finally {
    await oracle.close();
  }
}, 600_000);
