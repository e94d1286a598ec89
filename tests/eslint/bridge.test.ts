import { Linter, type ESLint } from "eslint";
import { describe, expect, it, vi } from "vitest";
import { createRules, type Analyze } from "../../src/eslint/rules.js";
import { defineRule, type AnyRule } from "../../src/rule.js";
import { analysisOf, query, subject } from "./subjects.js";

const CODE = "first();\nsecond();\n";
const SECOND = [9, 17] as const;

const probe = defineRule<{ readonly loud: boolean; readonly words: readonly string[] }, "found" | "insert">({
  id: "probe",
  description: "Report every query",
  preset: "recommended",
  messages: { found: "Found `{{name}}`, loud {{loud}}, words {{words}}.", insert: "Insert a word." },
  options: { loud: { type: "boolean" }, words: { type: "array", items: { type: "string" } } },
  defaults: { loud: false, words: ["a"] },
  *check(of, { options }) {
    yield {
      range: of.site.range,
      messageId: "found",
      data: { name: of.site.name, loud: String(options.loud), words: options.words.join(" ") },
      suggestions: [{ messageId: "insert", edits: () => of.edits.limit?.(1) }],
    };
  },
});

function named(id: string, rule: AnyRule = probe): AnyRule {
  return { ...rule, id };
}

interface Run {
  readonly rules?: Linter.RulesRecord;
  readonly settings?: Record<string, unknown>;
  readonly code?: string;
}

function lint(definitions: readonly AnyRule[], analyze: Analyze, { rules, settings = {}, code = CODE }: Run = {}): Linter.LintMessage[] {
  const plugin: ESLint.Plugin = { rules: createRules(definitions, analyze) };
  const all = Object.fromEntries(definitions.map(({ id }) => [`q/${id}`, "error" as const]));
  return new Linter().verify(code, [{ plugins: { q: plugin }, rules: rules ?? all, settings }], { filename: "file.js" });
}

/** Runs with the guard as users have it: a failure becomes a report. */
function asInstalled<Result>(work: () => Result): Result {
  vi.stubEnv("QUERY_GUARD_THROW", "");
  try {
    return work();
  } finally {
    vi.unstubAllEnvs();
  }
}

const oneQuery = analysisOf(subject(query(SECOND)));

describe("findings", () => {
  it("become reports at their range, with their data", () => {
    const [message, ...more] = lint([probe], oneQuery);
    expect(more).toEqual([]);
    expect(message).toMatchObject({ ruleId: "q/probe", messageId: "found", message: "Found `db.query`, loud false, words a.", line: 2, column: 1, endLine: 2, endColumn: 9 });
    expect(message).not.toHaveProperty("suggestions");
  });

  it("take suggestions of several edits", () => {
    const edited = query(SECOND, { edits: { limit: (rows) => [{ range: [16, 16], text: `${rows}` }, { range: [9, 9], text: "await " }] } });
    const [message] = lint([probe], analysisOf(subject(edited)));
    expect(message?.suggestions).toEqual([{ messageId: "insert", desc: "Insert a word.", fix: { range: [9, 16], text: "await second(1" } }]);
  });

  it("have no suggestion where there is no edit", () => {
    const empty = query(SECOND, { edits: { limit: () => [] } });
    const none = query(SECOND, { edits: { limit: () => undefined } });
    for (const of of [empty, none]) expect(lint([probe], analysisOf(subject(of)))[0]).not.toHaveProperty("suggestions");
  });

  it("are reported once when they say the same of the same place", () => {
    expect(lint([probe], analysisOf(subject(query(SECOND)), subject(query(SECOND))))).toHaveLength(1);
  });

  it("come from reached queries only where the rule asks for them", () => {
    const reached = analysisOf(subject(query(SECOND), undefined, true));
    expect(lint([probe], reached)).toEqual([]);
    expect(lint([{ ...probe, reached: true }], reached)).toHaveLength(1);
  });
});

describe("options", () => {
  it("are completed by the defaults", () => {
    expect(lint([probe], oneQuery, { rules: { "q/probe": ["error", { loud: true }] } })[0]?.message).toBe("Found `db.query`, loud true, words a.");
    expect(lint([probe], oneQuery, { rules: { "q/probe": ["error", { words: ["b", "c"] }] } })[0]?.message).toBe("Found `db.query`, loud false, words b c.");
  });

  it("that are unknown are refused by name", () => {
    expect(() => lint([probe], oneQuery, { rules: { "q/probe": ["error", { quiet: true }] } })).toThrow(/"quiet"/u);
    expect(() => lint([probe], oneQuery, { rules: { "q/probe": ["error", { loud: "very" }] } })).toThrow(/boolean/u);
  });
});

describe("the analysis", () => {
  it("runs once per file, whatever the number of rules", () => {
    const analyze = vi.fn(oneQuery);
    expect(lint([named("one"), named("two"), named("three")], analyze)).toHaveLength(3);
    expect(analyze).toHaveBeenCalledTimes(1);
    expect(analyze.mock.calls[0]?.[1]).toMatchObject({ settings: { smallTableRows: 1000 } });
  });

  it("gets the settings of the team", () => {
    const analyze = vi.fn(oneQuery);
    lint([probe], analyze, { settings: { "query-guard": { dialect: "mysql" } } });
    expect(analyze.mock.calls[0]?.[1].settings).toMatchObject({ dialect: "mysql", smallTableRows: 1000 });
  });
});

describe("an invalid setting", () => {
  it("is said once per file, and the default stands in for it", () => {
    const analyze = vi.fn(oneQuery);
    const messages = lint([named("one"), named("two")], analyze, { settings: { "query-guard": { smallTable: ["a"], dialect: "oracle" } } });
    expect(messages.filter(({ messageId }) => messageId === "invalidSetting")).toMatchObject([
      { ruleId: "q/one", line: 1, column: 1, message: 'settings["query-guard"].smallTable is not a setting; did you mean `smallTables`?' },
      { ruleId: "q/one", message: expect.stringContaining('settings["query-guard"].dialect must be one of "postgresql"') },
    ]);
    expect(messages.filter(({ messageId }) => messageId === "found")).toHaveLength(2);
    expect(analyze.mock.calls[0]?.[1].settings.dialect).toBeUndefined();
  });
});

describe("a failure", () => {
  const failure = (text: string) => `query-guard failed on this file: ${text}. Other rules are not affected; please report it.`;
  const broken: AnyRule = {
    ...probe,
    id: "broken",
    *check() {
      throw new TypeError("cannot read it.\n    at somewhere");
    },
  };

  it("of a rule loses that rule on that file and is said once", () => {
    const messages = asInstalled(() => lint([named("before"), broken, named("after")], analysisOf(subject(query([0, 8])), subject(query(SECOND)))));
    expect(messages.filter(({ ruleId }) => ruleId !== "q/broken")).toHaveLength(4);
    expect(messages.filter(({ ruleId }) => ruleId === "q/broken")).toMatchObject([{ line: 1, column: 1, message: failure("TypeError: cannot read it") }]);
  });

  it("of the analysis is said once for all rules", () => {
    const analyze = vi.fn(() => {
      throw new RangeError("Maximum call stack size exceeded");
    });
    const messages = asInstalled(() => lint([named("one"), named("two")], analyze));
    expect(messages).toMatchObject([{ ruleId: "q/one", message: failure("RangeError: Maximum call stack size exceeded") }]);
    expect(analyze).toHaveBeenCalledTimes(1);
  });

  it("of a fact reaches the guard", () => {
    const failing = subject(query(SECOND));
    const reading: AnyRule = {
      ...probe,
      *check(of, { facts }) {
        if (facts.bound().kind === "whole") yield { range: of.site.range, messageId: "found" };
      },
    };
    const analyze = analysisOf({ ...failing, facts: { ...failing.facts, bound: () => { throw "a string"; } } });
    expect(asInstalled(() => lint([reading], analyze))).toMatchObject([{ message: failure("a string") }]);
  });

  it.each([
    ["throws", () => { throw new Error("no edit"); }, "Error: no edit"],
    ["makes edits that overlap", () => [{ range: [9, 12] as const, text: "" }, { range: [11, 13] as const, text: "" }], "Error: the edits of a suggestion overlap"],
  ])("of a suggestion that %s leaves the finding", (_name, limit, cause) => {
    const messages = asInstalled(() => lint([probe], analysisOf(subject(query(SECOND, { edits: { limit } })))));
    expect(messages.map(({ message }) => message)).toEqual([failure(cause), "Found `db.query`, loud false, words a."]);
  });

  it("of a range outside the file reaches the guard", () => {
    expect(asInstalled(() => lint([probe], analysisOf(subject(query([5, 5000])))))).toMatchObject([{ messageId: "internalError" }]);
  });

  it("can be switched off above the first statement, and needs no statement", () => {
    expect(asInstalled(() => lint([broken], oneQuery, { code: "/* eslint-disable q/broken */\nfirst();\nsecond();" }))).toEqual([]);
    expect(asInstalled(() => lint([broken], oneQuery, { code: "" }))).toMatchObject([{ line: 1, column: 1 }]);
  });

  it("goes on under QUERY_GUARD_THROW", () => {
    expect(() => lint([broken], oneQuery)).toThrow(/cannot read it/u);
  });
});
