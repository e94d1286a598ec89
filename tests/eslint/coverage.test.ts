import { describe, expect, it } from "vitest";
import { CoverageTally } from "../../src/eslint/coverage.js";

describe("the coverage line", () => {
  it("sums the files and sorts the reasons by number", () => {
    const tally = new CoverageTally();
    tally.record("a.ts", { sites: 100, resolved: 97, opaque: { escapes: 3 } });
    tally.record("b.ts", { sites: 28, resolved: 23, opaque: { "dynamic-text": 5, dialect: 0 } });
    expect(tally.summary()).toBe("128 query sites, 120 resolved (93 %), 8 opaque: 5 dynamic-text, 3 escapes");
  });

  it("says for how many queries there is no schema", () => {
    const tally = new CoverageTally();
    tally.record("a.ts", { sites: 3, resolved: 3, opaque: {}, withoutSchema: () => 2 });
    tally.record("b.ts", { sites: 1, resolved: 1, opaque: {}, withoutSchema: () => 1 });
    expect(tally.summary()).toBe("4 query sites, 4 resolved (100 %), 0 opaque; indexes not judged for 3, whose tables no schema describes");
  });

  it("counts a file that is linted again once", () => {
    const tally = new CoverageTally();
    tally.record("a.ts", { sites: 2, resolved: 1, opaque: { escapes: 1 } });
    tally.record("a.ts", { sites: 2, resolved: 2, opaque: {} });
    expect(tally.summary()).toBe("2 query sites, 2 resolved (100 %), 0 opaque");
    tally.record("a.ts", { sites: 0, resolved: 0, opaque: {} });
    expect(tally.summary()).toBe("no query sites");
  });
});
