/** Our verdicts against MariaDB's own optimiser; `npm run oracle` compares many more. */
import { expect, it } from "vitest";
import { describeWith, MARIADB } from "../servers.js";
import { compare, CONDITIONS } from "./compare.js";
import { openMariadb } from "./mariadb-engine.js";
import { report } from "./verdict.js";

const SEED = Number(process.env["QUERY_GUARD_SEED"] ?? 1);
const CASES = Number(process.env["QUERY_GUARD_CASES"] ?? 25);

await describeWith(MARIADB, "access paths in MariaDB", () => {
  it("agrees with MariaDB", async () => {
    const oracle = await openMariadb(MARIADB.url);
    try {
      const { tally } = await compare(oracle, SEED, CASES);
      report(tally);
      expect(tally.pairs).toBeGreaterThan(CASES * CONDITIONS * 0.7);
      expect(tally.denied).toEqual([]);
      expect(tally.agree / tally.definite).toBeGreaterThan(0.995);
      expect(tally.definite / tally.pairs).toBeGreaterThan(0.85);
    } finally {
      await oracle.close();
    }
  }, 900_000);
});
