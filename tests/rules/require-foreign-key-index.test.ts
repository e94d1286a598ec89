/** Foreign keys without an index: where they are declared, and at the queries that suffer from them. */
import { describe, expect, it } from "vitest";
import { schemaProject, type SchemaProject } from "./code/project.js";

const RULE = "require-foreign-key-index";
const PG = 'import { Pool } from "pg";\nconst pool = new Pool();\n';
const PRISMA = 'import { PrismaClient } from "@prisma/client";\nconst prisma = new PrismaClient();\n';
const query = (...statements: readonly string[]): string => `${PG}export async function run(a: string) {\n${statements.map((sql) => `  await pool.query("${sql}", [a]);\n`).join("")}}\n`;

const PARENT = "CREATE TABLE customers (id integer PRIMARY KEY, email text NOT NULL UNIQUE, region integer);\n";
const CHILD = "CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id), total integer);\n";
const sql = (more = "", settings: object = {}): SchemaProject => schemaProject({ "migrations/001.sql": PARENT + CHILD + more }, settings);
const plain = sql();
const MISSING = "no index begins with its foreign key `customer_id` (migrations/001.sql:2). Add `CREATE INDEX orders_customer_id_idx ON orders (customer_id)`.";

describe("a foreign key of a schema that is not linted is reported at the query", () => {
  it.each([
    ["deletes the parent", "DELETE FROM customers WHERE id = $1", `Scans \`orders\` for each row that is deleted from \`customers\`: ${MISSING}`],
    ["changes the parent's key", "UPDATE customers SET id = 5 WHERE id = $1", `Scans \`orders\` for each key that is changed in \`customers\`: ${MISSING}`],
    ["filters by it", "SELECT total FROM orders WHERE customer_id = $1", "Scans `orders` to filter by its foreign key `customer_id`, which no index begins with (migrations/001.sql:2). Add `CREATE INDEX orders_customer_id_idx ON orders (customer_id)`."],
    ["joins by it", "SELECT o.total FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.email = $1", "Scans `orders` to join it by its foreign key `customer_id`, which no index begins with (migrations/001.sql:2). Add `CREATE INDEX orders_customer_id_idx ON orders (customer_id)`."],
  ])("that %s", (_name, statement, message) => {
    expect(plain.messages(RULE, query(statement))).toEqual([message]);
  });

  it("once in a file", () => {
    const found = plain.lint(RULE, query("DELETE FROM customers WHERE id = $1", "DELETE FROM customers WHERE email = $1", "SELECT total FROM orders WHERE customer_id = $1"));
    expect(found.map(({ line }) => line)).toEqual([4]);
  });

  it("as one report of all keys that a query suffers from", () => {
    const several = sql("CREATE TABLE notes (id integer PRIMARY KEY, author integer REFERENCES customers (id), reader integer REFERENCES customers (id));\n");
    expect(several.messages(RULE, query("DELETE FROM customers WHERE id = $1", "DELETE FROM customers WHERE email = $1"))).toEqual([
      "Scans 2 tables for each row that is deleted from `customers`: no index begins with their foreign keys `orders.customer_id`, `notes.author` and `notes.reader` (migrations/001.sql:2).",
    ]);
  });

  it("of a model's library", () => {
    const schema = 'datasource db {\n  provider = "postgresql"\n}\nmodel Customer {\n  id Int @id\n  orders Order[]\n}\nmodel Order {\n  id Int @id\n  customerId Int\n  customer Customer @relation(fields: [customerId], references: [id])\n}\n';
    const project = schemaProject({ "prisma/schema.prisma": schema });
    expect(project.messages(RULE, `${PRISMA}export const run = async (id: number) => await prisma.customer.delete({ where: { id } });\n`)).toEqual([
      "Scans `Order` for each row that is deleted from `Customer`: no index begins with its foreign key `customerId` (prisma/schema.prisma:11). Add `@@index([customerId])`.",
    ]);
  });

  it.each([
    ["an index leads with it", sql("CREATE INDEX ON orders (customer_id, total);"), "DELETE FROM customers WHERE id = $1"],
    ["a unique key leads with it", sql("CREATE UNIQUE INDEX ON orders (customer_id);"), "DELETE FROM customers WHERE id = $1"],
    ["a partial index has all rows that refer to a parent", sql("CREATE INDEX ON orders (customer_id) WHERE customer_id IS NOT NULL;"), "DELETE FROM customers WHERE id = $1"],
    ["the parent keeps its key", plain, "UPDATE customers SET email = 'x' WHERE id = $1"],
    ["the table is found by another index", plain, "SELECT total FROM orders WHERE customer_id = $1 AND id = 5"],
    ["the table is its own business", plain, "DELETE FROM orders WHERE id = $1"],
    ["the table is small", sql("", { tableRows: { orders: 20 } }), "DELETE FROM customers WHERE id = $1"],
    ["the table is not understood", sql("ALTER TABLE orders FROBNICATE;"), "DELETE FROM customers WHERE id = $1"],
    ["the key is gone", sql("ALTER TABLE orders DROP COLUMN customer_id;"), "DELETE FROM customers WHERE id = $1"],
  ])("not where %s", (_name, project, statement) => {
    expect(project.messages(RULE, query(statement))).toEqual([]);
  });

  it.each([
    ["begins with another column", "CREATE INDEX ON orders (total, customer_id);"],
    ["has only some of the rows", "CREATE INDEX ON orders (customer_id) WHERE total > 5;"],
    ["is on an expression", "CREATE INDEX ON orders ((customer_id + 1));"],
  ])("also where the index %s", (_name, index) => {
    expect(sql(index).messages(RULE, query("DELETE FROM customers WHERE id = $1"))).toHaveLength(1);
  });

  it("not where the engine makes the index itself", () => {
    const project = schemaProject({ "migrations/mysql/001.sql": PARENT + CHILD });
    const code = 'import mysql from "mysql2/promise";\nconst pool = mysql.createPool("mysql://localhost/shop");\nexport const run = async (id: number) => await pool.query("DELETE FROM customers WHERE id = ?", [id]);\n';
    expect(project.messages(RULE, code)).toEqual([]);
  });

  it("of several columns, of which an index has one", () => {
    const tables = "CREATE TABLE a (x integer, y integer, PRIMARY KEY (x, y));\nCREATE TABLE b (id integer PRIMARY KEY, p integer, q integer, FOREIGN KEY (p, q) REFERENCES a (x, y));\n";
    const remove = query("DELETE FROM a WHERE x = $1");
    expect(schemaProject({ "migrations/001.sql": tables }).messages(RULE, remove)).toHaveLength(1);
    expect(schemaProject({ "migrations/001.sql": `${tables}CREATE INDEX ON b (q);` }).messages(RULE, remove)).toEqual([]);
  });

  it("only for what the options ask", () => {
    const filter = query("SELECT total FROM orders WHERE customer_id = $1");
    expect(plain.lint(RULE, filter, { filters: false })).toEqual([]);
    expect(plain.lint(RULE, query("DELETE FROM customers WHERE id = $1"), { filters: false })).toHaveLength(1);
    expect(plain.lint(RULE, query("DELETE FROM customers WHERE id = $1"), { ignoreTables: ["orders"] })).toEqual([]);
    const large = sql("", { tableRows: { orders: 20_000 } });
    expect(large.lint(RULE, filter, { minRows: 100_000 })).toEqual([]);
    expect(large.lint(RULE, filter, { minRows: 10_000 })[0]?.message).toContain("Scans `orders` (about 20,000 rows) to filter");
  });
});

describe("a foreign key that a linted file declares is reported there", () => {
  const tables = (core: "pg" | "mysql" | "sqlite", index = ""): string => {
    const [make, number] = core === "sqlite" ? ["sqliteTable", "integer"] : core === "pg" ? ["pgTable", "integer"] : ["mysqlTable", "int"];
    return `import { ${make}, ${number}, index } from "drizzle-orm/${core}-core";
export const customers = ${make}("customers", { id: ${number}("id").primaryKey() });
export const orders = ${make}(
  "orders",
  {
    id: ${number}("id").primaryKey(),
    customerId: ${number}("customer_id").references(() => customers.id),
  },
  (t) => [${index}],
);
`;
  };
  const reported = (core: "pg" | "mysql" | "sqlite", index?: string): { line: number; message: string }[] => {
    const text = tables(core, index);
    const project = schemaProject({ "src/schema.ts": text });
    project.messages(RULE, text, undefined, "src/schema.ts");
    return project.lint(RULE, text, undefined, "src/schema.ts").map(({ line, message }) => ({ line, message }));
  };

  it.each(["pg", "sqlite"] as const)("in %s", (core) => {
    const message = "No index of `orders` begins with its foreign key `customer_id`: each row that is deleted from `customers` scans `orders`, and so does a join from there. Add `index(\"orders_customer_id_idx\").on(t.customerId)`.";
    expect(reported(core)).toEqual([{ line: 7, message }]);
  });

  it("not with an index, and not where the engine makes one", () => {
    expect(reported("pg", 'index("by_customer").on(t.customerId)')).toEqual([]);
    expect(reported("mysql")).toEqual([]);
  });

  it("in a TypeORM entity", () => {
    const entity = (index: string): string => `import { Entity, Index, ManyToOne, PrimaryGeneratedColumn } from "typeorm";
@Entity("customers")
export class Customer {
  @PrimaryGeneratedColumn() id!: number;
}
@Entity("orders")
export class Order {
  @PrimaryGeneratedColumn() id!: number;
  ${index}@ManyToOne(() => Customer) customer!: Customer;
}
`;
    const found = (text: string): string[] =>
      schemaProject({ "package.json": '{ "name": "shop", "dependencies": { "typeorm": "0.3", "pg": "8" } }', "src/entities.ts": text }).lint(RULE, text, undefined, "src/entities.ts").map(({ line, message }) => `${line}: ${message}`);
    expect(found(entity("@Index() "))).toEqual([]);
    expect(found(entity(""))).toEqual([expect.stringMatching(/^9: No index of `orders` begins with its foreign key `customerId`: each row that is deleted from `customers` scans `orders`/u)]);
  });

  it("and not at the queries", () => {
    const project = schemaProject({ "src/schema.ts": tables("pg") });
    const code = 'import { eq } from "drizzle-orm";\nimport { drizzle } from "drizzle-orm/node-postgres";\nimport { customers } from "./schema.js";\nconst db = drizzle("postgres://localhost/shop");\nexport const run = async (id: number) => await db.delete(customers).where(eq(customers.id, id));\n';
    expect(project.messages(RULE, code)).toEqual([]);
  });

  it("not in a file that declares no table of a schema", () => {
    const code = 'const makeTable = (name: string) => name;\nexport const orders = makeTable("orders");\n';
    expect(plain.messages(RULE, code)).toEqual([]);
  });
});
