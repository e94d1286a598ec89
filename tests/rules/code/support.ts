/** Runs one rule over code as people write it: the real analysis, through the TypeScript parser without types and with them. */
import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { expect } from "vitest";
import { plugin } from "../../../src/plugin.js";
import { ids as idsByTypes } from "../../types/support.js";

export const PG = 'import { Pool } from "pg";\nconst pool = new Pool();\n';
export const PRISMA = 'import { PrismaClient } from "@prisma/client";\nconst prisma = new PrismaClient();\n';
export const SEQUELIZE = 'import { Model, Op } from "sequelize";\nclass Base extends Model { static findAllBy(id: number) { return this.findAll({ where: { customerId: id } }); } }\nclass Order extends Base {}\nOrder.init({}, { sequelize, paranoid: true });\n';
export const DRIZZLE = `import { and, eq, inArray, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable, text, union } from "drizzle-orm/pg-core";
const orders = pgTable("orders", { id: integer("id").primaryKey(), status: text("status"), customerId: integer("customer_id") });
const db = drizzle("postgres://localhost/shop");
`;

/** Every report of the rule on the code. */
export function lint(rule: string, code: string, options?: object): Linter.LintMessage[] {
  const entry: Linter.RuleEntry = options === undefined ? "error" : ["error", options];
  const config: Linter.Config = { files: ["**/*.ts"], plugins: { "query-guard": plugin }, languageOptions: { parser }, rules: { [`query-guard/${rule}`]: entry } };
  return new Linter({ cwd: "/nowhere" }).verify(code, [config], "/nowhere/src/file.ts");
}

/**
 * The message ids of the reports, which types change in nothing. Every suggestion is applied: what it makes parses, and
 * the rule is content with it.
 */
export function ids(rule: string, code: string, options?: object): (string | undefined)[] {
  const messages = lint(rule, code, options);
  for (const message of messages) {
    for (const { desc, fix } of message.suggestions ?? []) {
      const changed = code.slice(0, fix.range[0]) + fix.text + code.slice(fix.range[1]);
      const after = lint(rule, changed, options);
      expect(after.filter(({ fatal }) => fatal === true), `"${desc}" makes\n${changed}`).toEqual([]);
      expect(after, `"${desc}" makes\n${changed}`).toHaveLength(messages.length - 1);
    }
  }
  const found = messages.map(({ messageId, message }) => messageId ?? message);
  expect(idsByTypes(code, { rule, types: "strict", ...(options && { options }) }), "with types").toEqual(found);
  return found;
}
