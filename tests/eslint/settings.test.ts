import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS, DIALECT_NAMES, readSettings } from "../../src/settings.js";

const problem = (raw: unknown): string => readSettings(raw).problems.join("\n");

describe("settings", () => {
  it("are the defaults where the team says nothing", () => {
    expect(readSettings(undefined)).toEqual({ settings: DEFAULT_SETTINGS, problems: [] });
    expect(readSettings({})).toEqual({ settings: DEFAULT_SETTINGS, problems: [] });
    expect(readSettings({ dialect: undefined })).toEqual({ settings: DEFAULT_SETTINGS, problems: [] });
  });

  it("replace the defaults", () => {
    const raw = { dialect: "sqlite", smallTables: ["settings"], tableRows: { users: 5e6 }, smallTableRows: 0, clients: { "@acme/db#pool": "pg" }, coverage: true };
    expect(readSettings(raw)).toEqual({ settings: raw, problems: [] });
    for (const dialect of DIALECT_NAMES) expect(readSettings({ dialect }).settings.dialect).toBe(dialect);
  });

  it("are read once per object", () => {
    const raw = { coverage: true };
    expect(readSettings(raw)).toBe(readSettings(raw));
  });

  it("that are unknown are named with a remedy", () => {
    expect(problem({ smallTable: ["a"] })).toBe('settings["query-guard"].smallTable is not a setting; did you mean `smallTables`?');
    expect(problem({ tablerows: {} })).toBe('settings["query-guard"].tablerows is not a setting; did you mean `tableRows`?');
    expect(problem({ databaseUrl: "x" })).toBe(
      'settings["query-guard"].databaseUrl is not a setting; remove it, or use one of dialect, smallTables, tableRows, smallTableRows, clients, coverage.',
    );
    expect(problem({ "two\nlines": 1 })).not.toContain("\n");
  });

  it.each([
    ["dialect", "oracle", '.dialect must be one of "postgresql", "mysql", "mariadb", "sqlite", "sqlserver", "bigquery", "snowflake", but is "oracle".'],
    ["smallTables", "users", '.smallTables must be an array of table names, but is "users".'],
    ["smallTables", [1], ".smallTables must be an array of table names, but is [1]."],
    ["tableRows", { users: "many" }, '.tableRows must be an object of table names with their number of rows, but is {"users":"many"}.'],
    ["tableRows", null, ".tableRows must be an object of table names with their number of rows, but is null."],
    ["smallTableRows", -1, ".smallTableRows must be a number, 0 or more, but is -1."],
    ["smallTableRows", Number.NaN, ".smallTableRows must be a number, 0 or more, but is NaN."],
    ["clients", ["pg"], '.clients must be an object of modules with the library they export, like { "@acme/db": "prisma" }, but is ["pg"].'],
    ["coverage", "yes", '.coverage must be true or false, but is "yes".'],
    ["coverage", () => true, ".coverage must be true or false, but is a function."],
  ])("that have the wrong type are named with what they take: %s = %j", (key, value, words) => {
    const { settings, problems } = readSettings({ [key]: value });
    expect(problems).toEqual([`settings["query-guard"]${words}`]);
    expect(settings).toEqual(DEFAULT_SETTINGS);
  });

  it("keep their valid parts beside the invalid ones", () => {
    expect(readSettings({ dialect: 5, smallTableRows: 10 }).settings).toEqual({ ...DEFAULT_SETTINGS, smallTableRows: 10 });
  });

  it.each([null, 5, "postgresql", ["a"]])("that are no object are refused: %j", (raw) => {
    expect(readSettings(raw)).toEqual({ settings: DEFAULT_SETTINGS, problems: ['settings["query-guard"] must be an object; see docs/settings.md for its keys.'] });
  });

  it("survive values that cannot be shown", () => {
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    expect(problem({ clients: circular })).toContain("but is object.");
    expect(problem({ coverage: 1n })).toContain("but is bigint.");
  });
});
