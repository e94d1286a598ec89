/** The bridge: rule definitions → ESLint rules. The same code runs under ESLint 9, ESLint 10 and oxlint. */
import path from "node:path";
import type { Rule, SourceCode } from "eslint";
import type { JSONSchema4 } from "json-schema";
import { CLIENT_LIBRARIES, schemaProblems, type AnalyzeOptions, type FileAnalysis } from "../analyze.js";
import type { AnyRule, Finding, TextEdit } from "../rule.js";
import { readSettings, type SettingsReading } from "../settings.js";
import { recordCoverage } from "./coverage.js";
import { guarded } from "./guard.js";

/** The analysis of a file, as `src/analyze.ts` offers it. Tests pass their own. */
export type Analyze = (sourceCode: SourceCode, options: AnalyzeOptions) => FileAnalysis;

/** Messages that every rule can report. */
export const COMMON_MESSAGES = {
  internalError: "query-guard failed on this file: {{cause}}. Other rules are not affected; please report it.",
  invalidSetting: "{{problem}}",
} as const;

const LIBRARIES = [...CLIENT_LIBRARIES.keys()];

const DOCUMENTATION = "https://github.com/query-guard/eslint-plugin-query-guard/blob/main/docs/rules";

/** One analysed file, shared by all rules that run on it. */
interface FileRun {
  readonly settings: SettingsReading;
  readonly analysis: FileAnalysis | { readonly error: unknown };
  /** The rule that speaks for all of them: what concerns the whole file is said once. */
  readonly speaker: string;
}

/** The ESLint rules of these definitions. They share one analysis per file. */
export function createRules(definitions: readonly AnyRule[], analyze: Analyze): Record<string, Rule.RuleModule> {
  const runs = new WeakMap<object, FileRun>();
  const runOf = (rule: string, context: Rule.RuleContext): FileRun => {
    const { sourceCode } = context;
    const settings = readSettings(context.settings["query-guard"], LIBRARIES);
    const known = runs.get(sourceCode.ast);
    if (known?.settings === settings) return known;
    const run = { settings, analysis: analysed(analyze, context, settings), speaker: rule };
    runs.set(sourceCode.ast, run);
    return run;
  };
  return Object.fromEntries(definitions.map((definition) => [definition.id, createRule(definition, runOf)]));
}

function analysed(analyze: Analyze, context: Rule.RuleContext, { settings }: SettingsReading): FileRun["analysis"] {
  const file = path.resolve(context.cwd, context.physicalFilename);
  try {
    const analysis = analyze(context.sourceCode, { file, cwd: context.cwd, settings, languageOptions: context.languageOptions });
    recordCoverage(file, analysis.coverage, settings.coverage, context.cwd, () => schemaProblems(context.cwd));
    return analysis;
  } catch (error) {
    return { error };
  }
}

function createRule(definition: AnyRule, runOf: (rule: string, context: Rule.RuleContext) => FileRun): Rule.RuleModule {
  return {
    meta: {
      type: "problem",
      docs: { description: definition.description, recommended: definition.preset === "recommended", url: `${DOCUMENTATION}/${definition.id}.md` },
      // `languages` stays out: ESLint 10 refuses the whole configuration when a preset meets a file of another language.
      // Without it the rule has nothing to listen to there.
      hasSuggestions: true,
      schema: [optionsSchema(definition)],
      defaultOptions: [definition.defaults],
      messages: { ...definition.messages, ...COMMON_MESSAGES },
    },
    create: (context) => ({
      Program() {
        const fail = (cause: string): void => {
          context.report({ loc: topOf(context.sourceCode), messageId: "internalError", data: { cause } });
        };
        guarded(() => {
          const run = runOf(definition.id, context);
          const speaks = run.speaker === definition.id;
          if (speaks) {
            for (const problem of run.settings.problems) context.report({ loc: topOf(context.sourceCode), messageId: "invalidSetting", data: { problem } });
          }
          if (!("error" in run.analysis)) checkFile(definition, context, run.analysis, fail);
          else if (speaks) throw run.analysis.error;
        }, fail);
      },
    }),
  };
}

/** The closed object schema of a rule's options. */
export function optionsSchema(definition: AnyRule): JSONSchema4 {
  return { type: "object", properties: { ...definition.options }, additionalProperties: false };
}

function checkFile(definition: AnyRule, context: Rule.RuleContext, analysis: FileAnalysis, fail: (cause: string) => void): void {
  const given: unknown = context.options[0];
  const options = { ...definition.defaults, ...(typeof given === "object" ? given : {}) };
  const place = (where: { readonly file: string; readonly line: number }): string => `${relativePath(context.cwd, where.file)}:${where.line}`;
  const reported = new Set<string>();
  const reportNew = (finding: Finding<string>): void => {
    // A helper that issues the same query in two branches is one finding at its call.
    const identity = finding.once ?? JSON.stringify([finding.range, finding.messageId, finding.data]);
    if (reported.has(identity)) return;
    reported.add(identity);
    report(context, finding, fail);
  };
  if (definition.checkTable !== undefined) {
    for (const { table, facts } of analysis.tables()) for (const finding of definition.checkTable(table, { facts, options, place })) reportNew(finding);
  }
  for (const { query, facts, reached } of analysis.subjects) {
    if (reached && definition.reached !== true) continue;
    for (const finding of definition.check(query, { facts, options, place })) reportNew(finding);
  }
}

function report(context: Rule.RuleContext, finding: Finding<string>, fail: (cause: string) => void): void {
  const { sourceCode } = context;
  const [start, end] = finding.range;
  context.report({
    loc: { start: sourceCode.getLocFromIndex(start), end: sourceCode.getLocFromIndex(end) },
    messageId: finding.messageId,
    data: onOneLine(finding.data),
    suggest: suggestionsOf(finding, fail),
  });
}

function suggestionsOf(finding: Finding<string>, fail: (cause: string) => void): Rule.SuggestionReportDescriptor[] {
  const suggestions: Rule.SuggestionReportDescriptor[] = [];
  for (const suggestion of finding.suggestions ?? []) {
    // A finding outlives the failure of its suggestion.
    guarded(() => {
      const edits = suggestion.edits() ?? [];
      if (edits.length === 0) return;
      assertApart(edits);
      suggestions.push({
        messageId: suggestion.messageId,
        ...(suggestion.data === undefined ? {} : { data: onOneLine(suggestion.data) }),
        fix: (fixer) => edits.map(({ range: [start, end], text }) => fixer.replaceTextRange([start, end], text)),
      });
    }, fail);
  }
  return suggestions;
}

/** Source text goes into messages, and a message of several lines breaks the annotations of CI systems. */
function onOneLine(data: Finding<string>["data"] = {}): Record<string, string | number> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, typeof value === "string" ? value.replace(/\s+/gu, " ") : value]));
}

/** ESLint throws on edits that overlap, but only once the report is half made. */
function assertApart(edits: readonly TextEdit[]): void {
  const ordered = [...edits].sort((a, b) => a.range[0] - b.range[0]);
  ordered.forEach((edit, index) => {
    const next = ordered[index + 1];
    if (next !== undefined && next.range[0] < edit.range[1]) throw new Error("the edits of a suggestion overlap");
  });
}

/** Where a report about the whole file stands: on its first statement, so that a directive above can switch it off. */
function topOf(sourceCode: SourceCode): { line: number; column: number } {
  const first = sourceCode.ast.body[0] ?? sourceCode.ast;
  return first.loc?.start ?? { line: 1, column: 0 };
}

function relativePath(cwd: string, file: string): string {
  const relative = path.isAbsolute(file) ? path.relative(cwd, file) : file;
  return relative.split(path.sep).join("/");
}
