/** Runs one rule on one hand-made query through the bridge and ESLint. */
import { Linter } from "eslint";
import { createRules } from "../../src/eslint/rules.js";
import type { QueryFacts } from "../../src/facts/contract.js";
import type { Query } from "../../src/query/model.js";
import type { AnyRule } from "../../src/rule.js";
import { analysisOf, facts, query, subject } from "../eslint/subjects.js";

/** The file every hand-made query stands in; the query itself is the second line. */
export const CODE = "await begin();\nawait db.query(text);\n";
export const CALL = [15, 35] as const;

export interface Case {
  readonly query?: Partial<Query>;
  readonly facts?: Partial<QueryFacts>;
  readonly options?: object;
  readonly reached?: boolean;
}

/** What the rule says of the query. */
export function reports(rule: AnyRule, { query: changes, facts: answers, options = {}, reached = false }: Case): Linter.LintMessage[] {
  const analyze = analysisOf(subject(query(CALL, changes), facts(answers), reached));
  const plugin = { rules: createRules([rule], analyze) };
  return new Linter({ cwd: "/project" }).verify(CODE, [{ plugins: { q: plugin }, rules: { [`q/${rule.id}`]: ["error", options] } }], "/project/file.js");
}

/** The words of the reports. */
export function messages(rule: AnyRule, of: Case): string[] {
  return reports(rule, of).map(({ message }) => message);
}

/** The source after the only suggestion of the only report. */
export function suggested(rule: AnyRule, of: Case): { readonly desc: string; readonly code: string } | undefined {
  const suggestion = reports(rule, of)[0]?.suggestions?.[0];
  if (suggestion === undefined) return undefined;
  const [start, end] = suggestion.fix.range;
  return { desc: suggestion.desc, code: CODE.slice(0, start) + suggestion.fix.text + CODE.slice(end) };
}
