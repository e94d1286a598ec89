/** The presets, computed from what the rules say of themselves. */
import type { Linter } from "eslint";
import type { AnyRule, PresetName } from "./rule.js";

export const PRESET_NAMES: readonly PresetName[] = ["recommended", "strict", "all"];

/**
 * Files the presets leave out: they run against a database that is thrown away, where emptying a table or inserting row by
 * row is how it is meant, or they run once, as numbered migrations do.
 */
export const PRESET_IGNORES: readonly string[] = [
  "**/*.{test,spec,e2e,e2e-spec,stories,mock,fixture}.*",
  "**/{test,tests,__tests__,__mocks__,__fixtures__,e2e,playwright,cypress,fixtures,mocks,seed,seeds,seeders}/**",
  "**/{seed,seeds,seeder}.*",
  "**/*{-,.,_}{seed,seeds,seeder}.*",
  "**/{migration,migrations}/**/[0-9]*",
  "**/{migration,migrations}/**/[0-9]*/**",
];

/** The rules of a preset with their options. Everything is an error, so that bulk suppressions can adopt it on an old code base. */
export function presetRules(preset: PresetName, rules: readonly AnyRule[], namespace: string): Linter.RulesRecord {
  const members = rules.filter((rule) => PRESET_NAMES.indexOf(rule.preset) <= PRESET_NAMES.indexOf(preset));
  return Object.fromEntries(
    members.map((rule) => {
      const entry: Linter.RuleEntry = preset === "recommended" || rule.strictOptions === undefined ? "error" : ["error", { ...rule.strictOptions }];
      return [`${namespace}/${rule.id}`, entry];
    }),
  );
}
