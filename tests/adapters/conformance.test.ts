import { describe, expect, test } from "vitest";
import { outline, sites } from "./harness.js";
import { libraries } from "./libraries/index.js";
import { SCENARIOS, type ScenarioId } from "./scenarios.js";

/** Words of the common answer that a library expresses in its own way; the override states which. */
const OPEN_WORDS = /\b(?:ONE|EXISTS|UNDEFINED|NOT SENT)\b/u;

describe.each(libraries)("$id", ({ prelude, files, scenarios }) => {
  const cases = (Object.keys(SCENARIOS) as ScenarioId[]).map((name) => ({ name, scenario: scenarios[name] }));
  test.each(cases)("$name", ({ name, scenario }) => {
    if (typeof scenario !== "string" && "cannot" in scenario) {
      expect(scenario.cannot.length).toBeGreaterThan(10);
      return;
    }
    const given = typeof scenario === "string" ? { code: scenario, expect: SCENARIOS[name], because: "", files: undefined, bare: false } : scenario;
    if (typeof scenario === "string" && OPEN_WORDS.test(given.expect)) throw new Error(`"${name}" needs an expectation of the library's own: ${given.expect}`);
    const answers = sites(given.bare ? given.code : `${prelude}\n${given.code}`, { ...files, ...given.files }).map(outline);
    expect(answers.length === 0 ? "no site" : answers.join("\n")).toBe(given.expect);
  });
});
