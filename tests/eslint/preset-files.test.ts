import { Linter } from "eslint";
import { describe, expect, it } from "vitest";
import { plugin } from "../../src/plugin.js";

const CODE = 'import { Pool } from "pg";\nconst pool = new Pool();\nawait pool.query("DELETE FROM orders");\n';

/** How often the strict preset reports in a file of this name. */
function reportsIn(file: string): number {
  const messages = new Linter({ cwd: "/nowhere" }).verify(CODE, [{ files: ["**/*.js"] }, plugin.configs.strict], `/nowhere/${file}`);
  return messages.filter(({ ruleId }) => ruleId === "query-guard/require-where").length;
}

describe("the files of the presets", () => {
  it.each(["src/orders.js", "src/migrations/run.js", "src/migration/index.js"])("%s is one", (file) => {
    expect(reportsIn(file)).toBe(1);
  });

  it.each(["src/orders.test.js", "seeds/orders.js", "migrations/20250103_orders.js", "src/migrations/mysql/1733011290987-Orders.js", "src/migration/postgres/0001/orders.js"])("%s is none", (file) => {
    expect(reportsIn(file)).toBe(0);
  });
});
