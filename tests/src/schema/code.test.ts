/** Migrations in JavaScript and TypeScript: what they make is what the same SQL would make. */
import { describe, expect, it } from "vitest";
import { memoryHost } from "../../../src/host.js";
import { SchemaIndex } from "../../../src/schema/load.js";
import type { Index, SchemaModel, Table } from "../../../src/schema/model.js";

type Files = Readonly<Record<string, string>>;

function load(files: Files, ...dependencies: string[]): SchemaIndex {
  const manifest = JSON.stringify({ name: "app", dependencies: Object.fromEntries(dependencies.map((name) => [name, "*"])) });
  return new SchemaIndex({ host: memoryHost({ "/w/package.json": manifest, ...files }), cwd: "/w" });
}

function model(files: Files, ...dependencies: string[]): SchemaModel {
  const found = load(files, ...dependencies).schemaFor("/w/src/x.ts");
  if (found === undefined) throw new Error("no schema");
  return found;
}

/** The migrations of one folder, in the order given. */
function migrated(library: string, ...bodies: string[]): SchemaModel {
  return model(Object.fromEntries(bodies.map((body, position) => [`/w/migrations/2024010${String(position + 1)}000000_step.js`, body])), library, "pg");
}

function indexText({ kind, method, parts, include, where }: Index): string {
  const keys = parts.map((part) => [part.column ?? part.expression, part.operatorClass, part.descending === true ? "desc" : undefined].filter((piece) => piece !== undefined).join(" "));
  return `${kind === "index" ? "index" : kind} ${method === "btree" ? "" : `${method} `}(${keys.join(", ")})${include.length > 0 ? ` include (${include.join(", ")})` : ""}${where === undefined ? "" : ` where ${where}`}`;
}

/** One line for each thing a table has. */
function text(table: Table | undefined): readonly string[] {
  if (table === undefined) return ["none"];
  return [
    ...table.columns.map((column) => `${column.name} ${column.type ?? "?"}${column.nullable === "no" ? "!" : ""}`),
    ...table.indexes.map(indexText),
    ...table.foreignKeys.map((key) => `(${key.columns.join(", ")}) → ${key.referencedTable} (${key.referencedColumns.join(", ")})`),
    ...(table.uncertain === undefined ? [] : ["uncertain"]),
  ];
}

const knexUp = (body: string): string => `exports.up = async function (knex) {\n${body}\n};\nexports.down = (knex) => knex.schema.dropTable("users").dropTable("posts");\n`;

describe("Knex", () => {
  it("creates tables with columns, keys and indexes", () => {
    const schema = migrated(
      "knex",
      knexUp(`return knex.schema
        .createTable("users", (table) => {
          table.increments();
          table.string("email", 200).notNullable().unique();
          table.integer("team_id").unsigned().index().references("id").inTable("teams").onDelete("CASCADE");
          table.jsonb("settings").notNullable().defaultTo("{}");
          table.timestamp("seen_at");
          table.timestamps(true, true);
          table.index(["team_id", "seen_at"], "users_recent");
          table.index(knex.raw("lower(email)"), "users_lower");
          table.index(["settings"], "users_settings", "gin");
          table.unique(["team_id", "email"], { indexName: "one_each" });
        })
        .createTable("posts", function (t) {
          t.uuid("id").primary().defaultTo(knex.raw("gen_random_uuid()"));
          t.bigInteger("author").references("users.id");
          t.foreign(["a", "b"]).references(["x", "y"]).inTable("pairs");
          t.index("author", undefined, { predicate: knex.whereNotNull("author") });
          this.comment("posts");
        });`),
    );
    expect(text(schema.table("users"))).toEqual([
      "id integer!",
      "email varchar!",
      "team_id integer",
      "settings jsonb!",
      "seen_at timestamptz",
      "created_at timestamptz!",
      "updated_at timestamptz!",
      "primary (id)",
      "index (team_id, seen_at)",
      "index (lower(email))",
      "index gin (settings)",
      "unique (team_id, email)",
      "unique (email)",
      "index (team_id)",
      "(team_id) → teams (id)",
    ]);
    expect(text(schema.table("posts"))).toEqual(["id uuid!", "author bigint", "primary (id)", 'index (author) where "author" IS NOT NULL', "(author) → users (id)", "(a, b) → pairs (x, y)"]);
  });

  it("alters, renames and drops by the names that knex gives", () => {
    const schema = migrated(
      "knex",
      knexUp(`await knex.schema.createTable("users", (t) => { t.increments("id"); t.string("a").index(); t.string("b").unique(); t.string("c"); t.string("d").index("d_own"); });
        await knex.schema.createTable("old", (t) => { t.increments(); });`),
      knexUp(`await knex.schema.alterTable("users", (t) => {
          t.dropIndex("a");
          t.dropUnique(["b"]);
          t.dropIndex([], "d_own");
          t.renameColumn("c", "e");
          t.text("b").notNullable().alter();
          t.dropColumn("a");
          t.string("f").index();
        });
        await knex.schema.renameTable("users", "people");
        await knex.schema.dropTableIfExists("old");`),
    );
    expect(schema.tables.map(({ name }) => name)).toEqual(["people"]);
    expect(text(schema.table("people"))).toEqual(["id integer!", "b text!", "e varchar", "d varchar", "f varchar", "primary (id)", "index (f)"]);
  });

  it("reads SQL with names and values bound into it, and schemas", () => {
    const schema = migrated(
      "knex",
      knexUp(`await knex.schema.withSchema("app").createTable("users", (t) => { t.increments(); t.string("email"); });
        await knex.raw("CREATE UNIQUE INDEX ?? ON ??.?? (lower(??)) WHERE email <> ?", ["one_email", "app", "users", "email", "x"]);
        await knex.schema.raw("create index on app.users (email text_pattern_ops)");
        await knex("users").update({ email: null });
        await knex.transaction(async (trx) => { await trx.schema.withSchema("app").table("users", (t) => t.index(["id", "email"])); });`),
    );
    expect(schema.tables.map(({ name, schema: own }) => `${own ?? ""}.${name}`)).toEqual(["app.users"]);
    expect(text(schema.table("users", "app"))).toEqual(["id integer!", "email varchar", "primary (id)", `unique (lower("email")) where email <> 'x'`, "index (email text_pattern_ops)", "index (id, email)"]);
  });
});

describe("Kysely", () => {
  it("reads builders that are executed", () => {
    const schema = migrated(
      "kysely",
      `import { sql, Kysely } from "kysely";
      export async function up(db) {
        await db.schema.createTable("users").ifNotExists()
          .addColumn("id", "serial", (col) => col.primaryKey())
          .addColumn("email", "varchar(200)", (col) => col.notNull().unique())
          .addColumn("team", "integer", (col) => col.references("teams.id").onDelete("cascade"))
          .addColumn("data", sql\`jsonb\`, (col) => col.defaultTo(sql\`'{}'\`))
          .addUniqueConstraint("one", ["team", "email"])
          .addForeignKeyConstraint("fk", ["a", "b"], "pairs", ["x", "y"])
          .execute();
        await db.schema.createIndex("i1").on("users").columns(["team", "email desc"]).execute();
        await db.schema.createIndex("i2").on("users").expression(sql\`lower(email)\`).unique().where("email", "is not", null).execute();
        await db.schema.createIndex("i3").on("users").using("gin").column("data").execute();
        await db.schema.createIndex("i5").on("users").using("gist").expression(sql\`"email" gist_trgm_ops, lower(team)\`).execute();
        await db.schema.createIndex("i6").on("users").columns(["team asc nulls first"]).execute();
        await db.schema.createIndex("never").on("users").column("team");
        await sql\`CREATE INDEX i4 ON \${sql.table("users")} (\${sql.ref("team")}) WHERE team > \${sql.lit(3)}\`.execute(db);
        await db.updateTable("users").set({ team: null }).execute();
      }
      export async function down(db) { await db.schema.dropTable("users").execute(); }`,
    );
    expect(text(schema.table("users"))).toEqual([
      "id integer!",
      "email varchar!",
      "team integer",
      "data jsonb",
      "primary (id)",
      "unique (email)",
      "unique (team, email)",
      "index (team, email desc)",
      'unique (lower(email)) where "email" IS NOT NULL',
      "index gin (data)",
      "index gist (email gist_trgm_ops, lower(team))",
      "index (team)",
      "index (team) where team > 3",
      "(team) → teams (id)",
      "(a, b) → pairs (x, y)",
    ]);
  });

  it("alters and drops", () => {
    const schema = migrated(
      "kysely",
      `import { Kysely } from "kysely";
      export const up = async (db) => {
        await db.schema.createTable("a").addColumn("x", "text").addColumn("y", "text").addColumn("z", "text").execute();
        await db.schema.createTable("gone").addColumn("x", "text").execute();
        await db.schema.createIndex("a_y").on("a").column("y").execute();
        await db.schema.createIndex("a_z").on("a").column("z").execute();
      };`,
      `import { Kysely } from "kysely";
      export const up = async (db) => {
        await db.schema.alterTable("a").renameColumn("x", "w").dropColumn("z").addColumn("v", "bigint", (c) => c.notNull()).execute();
        await db.schema.alterTable("a").alterColumn("v", (c) => c.setDataType("integer")).execute();
        await db.schema.alterTable("a").addPrimaryKeyConstraint("a_key", ["w"]).execute();
        await db.schema.dropIndex("a_y").ifExists().execute();
        await db.schema.dropTable("gone").execute();
        await db.schema.alterTable("a").renameTo("b").execute();
      };`,
    );
    expect(schema.tables.map(({ name }) => name)).toEqual(["b"]);
    expect(text(schema.table("b"))).toEqual(["w text", "y text", "v integer!", "primary (w)"]);
  });
});

describe("node-pg-migrate", () => {
  it("reads columns, shorthands, constraints and index options", () => {
    const schema = migrated(
      "node-pg-migrate",
      `exports.shorthands = { id: { type: "uuid", primaryKey: true }, stamp: { type: "timestamptz", notNull: true } };
      exports.up = (pgm) => {
        pgm.createExtension("pg_trgm", { ifNotExists: true });
        pgm.createTable("users", { id: "id", name: "text", email: { type: "varchar(100)", notNull: true, unique: true }, made: "stamp", team: { type: "int", references: "teams(id)", onDelete: "CASCADE" } });
        pgm.createTable({ schema: "app", name: "members" }, { a: { type: "int", primaryKey: true }, b: { type: "int", primaryKey: true }, c: "bool" }, { constraints: { unique: [["a", "c"], "b"], foreignKeys: { columns: "a", references: "users(id)" } } });
        pgm.createIndex("users", ["team", { name: "made", sort: "DESC" }], { name: "users_team", include: ["name"], where: "team IS NOT NULL" });
        pgm.createIndex("users", "lower(email)", { unique: true });
        pgm.addIndex("users", { name: "name", opclass: { name: "gin_trgm_ops" } }, { method: "gin" });
        pgm.addConstraint("users", "users_more", "UNIQUE (name, team)");
        pgm.addConstraint("users", "users_check", "CHECK (team > 0)");
        pgm.addConstraint("users", "users_fk", { foreignKeys: { columns: ["team", "name"], references: '"pairs" (x, y)' } });
        pgm.sql("CREATE INDEX ON {t} (made)", { t: "users" });
      };`,
    );
    expect(text(schema.table("users"))).toEqual([
      "id uuid!",
      "name text",
      "email varchar!",
      "made timestamptz!",
      "team integer",
      "primary (id)",
      "unique (email)",
      "index (team, made desc) include (name) where team IS NOT NULL",
      "unique (lower(email))",
      "index gin (name gin_trgm_ops)",
      "unique (name, team)",
      "index (made)",
      "(team) → teams (id)",
      "(team, name) → pairs (x, y)",
    ]);
    expect(text(schema.table("members", "app"))).toEqual(["a integer!", "b integer!", "c boolean", "primary (a, b)", "unique (a, c)", "unique (b)", "(a) → users (id)"]);
  });

  it("drops and renames by the names it gives", () => {
    const schema = migrated(
      "node-pg-migrate",
      `export const up = async (pgm) => {
        pgm.createTable("a", { id: "id", x: "text", y: "text", z: "text" });
        pgm.createIndex("a", "x");
        pgm.createIndex("a", ["x", "y"], { unique: true });
        pgm.createIndex("a", "z");
        pgm.createTable("b", { id: "id" });
      };`,
      `export const up = (pgm) => {
        pgm.dropIndex("a", "x");
        pgm.dropIndex("a", ["x", "y"], { unique: true });
        pgm.dropColumns("a", ["z"]);
        pgm.renameColumn("a", "x", "w");
        pgm.alterColumn("a", "w", { type: "int", notNull: true });
        pgm.addColumns("a", { v: { type: "text", unique: true } });
        pgm.dropTable("b");
        pgm.renameTable("a", "c");
      };`,
    );
    expect(schema.tables.map(({ name }) => name)).toEqual(["c"]);
    expect(text(schema.table("c"))).toEqual(["id integer!", "w integer!", "y text", "v text", "primary (id)", "unique (v)"]);
  });
});

describe("Sequelize", () => {
  it("reads attributes, indexes of both signatures and constraints", () => {
    const schema = migrated(
      "sequelize",
      `"use strict";
      module.exports = {
        async up(queryInterface, Sequelize) {
          await queryInterface.sequelize.transaction(async (transaction) => {
            await queryInterface.createTable("Users", {
              id: { type: Sequelize.UUID, primaryKey: true, allowNull: false },
              email: { type: Sequelize.STRING(200), unique: true, allowNull: false, field: "email_address" },
              teamId: { type: Sequelize.INTEGER, references: { model: { tableName: "Teams" }, key: "id" } },
              data: Sequelize.JSONB,
              createdAt: Sequelize.DATE,
              deletedAt: { type: Sequelize.DATE },
            }, { transaction });
            await queryInterface.addIndex("Users", ["teamId", { name: "createdAt", order: "DESC" }], { transaction });
            await queryInterface.addIndex("Users", { fields: ["data"], using: "GIN", operator: "jsonb_path_ops" });
            await queryInterface.addIndex("Users", [Sequelize.fn("lower", Sequelize.col("email_address"))], { name: "users_lower", unique: true, where: { deletedAt: null, teamId: { [Sequelize.Op.ne]: null } } });
            await queryInterface.addConstraint("Users", { type: "unique", fields: ["teamId", "email_address"], name: "one_each" });
            await queryInterface.addConstraint("Users", ["teamId"], { type: "foreign key", references: { table: "Pairs", field: "x" } });
            await queryInterface.sequelize.query(\`CREATE INDEX users_seen ON "Users" ("createdAt") WHERE "deletedAt" IS NULL;\`);
          });
          await queryInterface.createTable("Likes", { userId: { type: Sequelize.INTEGER, primaryKey: true }, postId: { type: Sequelize.INTEGER, primaryKey: true } });
          await queryInterface.bulkInsert("Likes", []);
        },
        async down(queryInterface) { await queryInterface.dropTable("Users"); },
      };`,
    );
    expect(text(schema.table("Users"))).toEqual([
      "id uuid!",
      "email_address varchar!",
      "teamId integer",
      "data jsonb",
      "createdAt timestamptz",
      "deletedAt timestamptz",
      "primary (id)",
      "unique (email_address)",
      "index (teamId, createdAt desc)",
      "index gin (data jsonb_path_ops)",
      'unique (lower("email_address")) where "deletedAt" IS NULL AND "teamId" IS NOT NULL',
      "unique (teamId, email_address)",
      'index (createdAt) where "deletedAt" IS NULL',
      "(teamId) → Teams (id)",
      "(teamId) → Pairs (x)",
    ]);
    expect(text(schema.table("Likes"))).toEqual(["userId integer!", "postId integer!", "primary (userId, postId)"]);
  });

  it("drops constraints by the names that it gives them, and only those", () => {
    const schema = migrated(
      "sequelize",
      `exports.up = async (queryInterface, Sequelize) => {
        await queryInterface.createTable("shares", { urlId: Sequelize.TEXT, teamId: Sequelize.TEXT });
        await queryInterface.addConstraint("shares", { fields: ["urlId", "teamId"], type: "unique" });
        await queryInterface.addIndex("shares", ["teamId"], { name: "by_team", indicesType: "UNIQUE" });
        await queryInterface.sequelize.query('CREATE UNIQUE INDEX by_url ON shares ("urlId")');
        await queryInterface.removeConstraint("shares", "shares_urlId_teamId_uk");
        await queryInterface.sequelize.query("ALTER TABLE shares DROP CONSTRAINT IF EXISTS by_url");
      };`,
    );
    expect(text(schema.table("shares"))).toEqual(["urlId text", "teamId text", "index (teamId)", "unique (urlId)"]);
  });

  it("removes and renames, also through umzug's context", () => {
    const schema = migrated(
      "sequelize",
      `async function up({ context: { queryInterface } }) {
        const { DataTypes } = queryInterface.sequelize.Sequelize;
        await queryInterface.createTable("Users", { id: { type: DataTypes.INTEGER, primaryKey: true }, a: DataTypes.STRING, b: { type: DataTypes.STRING, unique: "both" }, c: { type: DataTypes.STRING, unique: "both" }, d: DataTypes.STRING });
        await queryInterface.addIndex("Users", ["a", "d"]);
        await queryInterface.addIndex("Users", ["d"], { name: "by_d" });
      }
      module.exports = { up };`,
      `module.exports = { up: async ({ context: queryInterface }) => {
        await queryInterface.removeIndex("Users", ["a", "d"]);
        await queryInterface.removeConstraint("Users", "both");
        await queryInterface.removeColumn("Users", "d");
        await queryInterface.renameColumn("Users", "a", "e");
        await queryInterface.addColumn("Users", "f", { type: "TEXT", unique: true });
        await queryInterface.changeColumn("Users", "b", { type: "TEXT", allowNull: false });
        await queryInterface.renameTable("Users", "People");
      } };`,
    );
    expect(text(schema.table("People"))).toEqual(["id ?!", "e ?", "b text!", "c ?", "f text", "primary (id)", "unique (f)"]);
  });
});

describe("TypeORM", () => {
  it("reads queries, tables, indexes and keys", () => {
    const schema = model(
      {
        "/w/src/migrations/1706702400000-init.ts": `import { MigrationInterface, QueryRunner, Table, TableIndex, TableForeignKey, TableColumn } from "typeorm";
        export class Init1706702400000 implements MigrationInterface {
          name = "Init1706702400000";
          public async up(queryRunner: QueryRunner): Promise<void> {
            await queryRunner.query(\`CREATE TABLE "users" ("id" SERIAL NOT NULL, "email" character varying NOT NULL, CONSTRAINT "PK_1" PRIMARY KEY ("id"))\`);
            await queryRunner.query(\`CREATE INDEX "IDX_email" ON "users" ("email") \`);
            await queryRunner.createTable(new Table({
              name: "app.posts",
              columns: [{ name: "id", type: "int", isPrimary: true, isGenerated: true }, { name: "slug", type: "varchar", isUnique: true }, { name: "author", type: "int", isNullable: true }],
              indices: [{ columnNames: ["author"], where: '"author" IS NOT NULL' }],
              foreignKeys: [{ columnNames: ["author"], referencedTableName: "users", referencedColumnNames: ["id"] }],
            }), true);
            await queryRunner.createIndex("app.posts", new TableIndex({ name: "IDX_slug", columnNames: ["slug", "id"] }));
            await queryRunner.addColumn("users", new TableColumn({ name: "team", type: "int" }));
            await queryRunner.createForeignKey("users", new TableForeignKey({ name: "FK_team", columnNames: ["team"], referencedTableName: "teams", referencedColumnNames: ["id"] }));
          }
          public async down(queryRunner: QueryRunner): Promise<void> { await queryRunner.dropTable("users"); }
        }`,
        "/w/src/migrations/1706702500000-more.ts": `import { MigrationInterface, QueryRunner, TableIndex } from "typeorm";
        export default class More1706702500000 implements MigrationInterface {
          async up(runner: QueryRunner) {
            const table = await runner.getTable("users");
            const key = table!.foreignKeys.find((fk) => fk.columnNames.indexOf("team") !== -1);
            await runner.dropForeignKey("users", key);
            await runner.dropIndex("users", "IDX_email");
            await runner.createIndex("users", new TableIndex({ columnNames: ["team"] }));
            await runner.dropIndex("users", new TableIndex({ columnNames: ["team"] }));
            await this.rename(runner);
            if (!(await runner.hasTable("users"))) await runner.query("CREATE INDEX never ON users (team)");
          }
          private async rename(runner: QueryRunner) {
            await runner.renameColumn("users", "email", "mail");
            await runner.manager.query("CREATE UNIQUE INDEX ON users (mail)");
          }
        }`,
      },
      "typeorm",
      "pg",
    );
    expect(text(schema.table("users"))).toEqual(["id integer!", "mail varchar!", "team integer!", "primary (id)", "unique (mail)"]);
    expect(text(schema.table("posts", "app"))).toEqual(["id integer!", "slug varchar!", "author integer", "primary (id)", "unique (slug)", 'index (author) where "author" IS NOT NULL', "index (slug, id)", "(author) → users (id)"]);
    const users = schema.table("users");
    expect(users?.provenance).toEqual({ file: "/w/src/migrations/1706702400000-init.ts", line: 5, kind: "code" });
  });
});

describe("MikroORM, db-migrate, drivers", () => {
  it("reads addSql of a class", () => {
    const schema = model(
      {
        "/w/src/migrations/Migration20240101000000.ts": `import { Migration } from "@mikro-orm/migrations";
        export class Migration20240101000000 extends Migration {
          async up() {
            this.addSql('create table "a" ("id" serial primary key, "b" int null);');
            this.addSql(\`create index "a_b" on "a" ("b");\`);
          }
          async down() { this.addSql('drop table "a";'); }
        }`,
        "/w/src/migrations/Migration20240102000000.ts": `import { Migration } from "@mikro-orm/migrations";
        export class Migration20240102000000 extends Migration {
          override up(): void { this.addSql('alter table "a" drop column "b", add column "c" text;'); }
        }`,
      },
      "@mikro-orm/postgresql",
      "pg",
    );
    expect(text(schema.table("a"))).toEqual(["id integer!", "c text", "primary (id)"]);
  });

  it("reads the SQL files that db-migrate's migrations load, once", () => {
    const js = (name: string): string => `"use strict";
      var dbm; var fs = require("fs"); var path = require("path"); var Promise;
      exports.setup = function (options) { dbm = options.dbmigrate; Promise = options.Promise; };
      exports.up = function (db) {
        var filePath = path.join(__dirname, "sqls", "${name}-up.sql");
        return new Promise(function (resolve, reject) {
          fs.readFile(filePath, { encoding: "utf-8" }, function (err, data) { if (err) return reject(err); resolve(data); });
        }).then(function (data) { return db.runSql(data); });
      };
      exports.down = function (db) { return db.runSql("DROP TABLE a"); };`;
    const schema = model(
      {
        "/w/migrations/20240101000000-a.js": js("20240101000000-a"),
        "/w/migrations/20240102000000-b.js": js("20240102000000-b"),
        "/w/migrations/sqls/20240101000000-a-up.sql": "CREATE TABLE a (\n  id serial PRIMARY KEY,\n  b text,\n  c text\n);\nCREATE INDEX a_b ON a (b);",
        "/w/migrations/sqls/20240101000000-a-down.sql": "DROP TABLE a;",
        "/w/migrations/sqls/20240102000000-b-up.sql": "ALTER TABLE a DROP COLUMN c;",
        "/w/migrations/sqls/20240102000000-b-down.sql": "ALTER TABLE a ADD COLUMN c text;",
      },
      "db-migrate",
      "pg",
    );
    expect(text(schema.table("a"))).toEqual(["id integer!", "b text", "primary (id)", "index (b)"]);
    expect(schema.table("a")?.indexes[1]?.provenance).toEqual({ file: "/w/migrations/sqls/20240101000000-a-up.sql", line: 6, kind: "sql" });
  });

  it("reads db-migrate's own methods and a driver's connection", () => {
    const schema = migrated(
      "db-migrate",
      `exports.up = function (db, callback) {
        db.createTable("a", { id: { type: "int", primaryKey: true }, b: "string" }, function (err) {
          if (err) return callback(err);
          db.addIndex("a", "a_b", ["b"], false, callback);
        });
      };`,
      `exports.up = async function (db) { await db.runSql("CREATE INDEX a_2 ON a (b, id)"); await db.removeIndex("a", "a_b"); };`,
    );
    expect(text(schema.table("a"))).toEqual(["id integer!", "b varchar", "primary (id)", "index (b, id)"]);
    const series = migrated("db-migrate", `const async = require("async");
      exports.up = function (db, callback) { async.series([db.createTable.bind(db, "a", { id: "int" }), db.runSql.bind(db, "CREATE INDEX ON a (id)")], callback); };`);
    expect(text(series.table("a"))).toEqual(["id integer", "index (id)"]);
    const plain = migrated("pg", `export const up = async (client) => { await client.query("CREATE TABLE a (id int PRIMARY KEY)"); };`);
    expect(text(plain.table("a"))).toEqual(["id integer!", "primary (id)"]);
  });
});

describe("the code around the calls", () => {
  it("follows loops over constants, helpers, constants and templates", () => {
    const schema = model(
      {
        "/w/migrations/20240101_a.ts": `import type { Knex } from "knex";
          import { TABLES, stamp } from "./helpers/common.js";
          const PREFIX = "app";
          const columns = [{ name: "a", indexed: true }, { name: "b", indexed: false }] as const;
          enum Table { Extra = "extra" }
          const withIndex = (table, name) => table.string(name).index(\`\${PREFIX}_\${name}\`);
          export async function up(knex: Knex): Promise<void> {
            for (const name of TABLES) await knex.schema.createTable(name, (t) => { t.increments(); stamp(t); });
            await knex.schema.createTable(Table.Extra, (t) => {
              columns.forEach(({ name, indexed }) => { if (indexed) withIndex(t, name); else t.string(name); });
              for (let part = 1; part <= 2; part++) t.integer("n" + part);
            });
            await Promise.all(["one", "two"].map((name) => knex.raw(\`CREATE INDEX \${name}_at ON \${name} (made_at)\`)));
          }`,
        "/w/migrations/helpers/common.ts": `export const TABLES = ["one", "two"];\nexport function stamp(t) { t.timestamp("made_at"); }\n`,
      },
      "knex",
      "pg",
    );
    expect(schema.tables.map(({ name }) => name)).toEqual(["one", "two", "extra"]);
    expect(text(schema.table("two"))).toEqual(["id integer!", "made_at timestamptz", "primary (id)", "index (made_at)"]);
    expect(text(schema.table("extra"))).toEqual(["a varchar", "b varchar", "n1 integer", "n2 integer", "index (a)"]);
  });

  it("takes what asks the database for a guard, and what asks the program for a doubt", () => {
    const schema = migrated(
      "knex",
      knexUp(`if (!(await knex.schema.hasTable("a"))) await knex.schema.createTable("a", (t) => { t.increments(); t.string("x"); });
        const has = await knex.schema.hasColumn("a", "y");
        if (!has) await knex.schema.alterTable("a", (t) => t.string("y").index());
        const [row] = await knex("a").select();
        if (row) return;
        await knex.schema.createTable("b", (t) => { t.increments(); });
        await knex.schema.createTable("c", (t) => { t.increments(); t.string("x"); });
        if (process.env.WITH_INDEX) await knex.schema.alterTable("c", (t) => t.index("x"));`),
    );
    expect(text(schema.table("a"))).toEqual(["id integer!", "x varchar", "y varchar", "primary (id)", "index (y)"]);
    expect(text(schema.table("b"))).toEqual(["id integer!", "primary (id)"]);
    expect(text(schema.table("c"))).toEqual(["id integer!", "x varchar", "primary (id)", "index (x)", "uncertain"]);
  });

  it("goes the way of the dialect, when it is known", () => {
    const body = knexUp(`await knex.schema.createTable("a", (t) => { t.increments(); t.string("x"); });
      if (knex.client.config.client === "pg") await knex.raw("CREATE INDEX ON a USING gin (x)");
      else await knex.raw("ALTER TABLE a ADD FULLTEXT INDEX (x)");`);
    expect(text(migrated("knex", body).table("a"))).toEqual(["id integer!", "x varchar", "primary (id)", "index gin (x)"]);
    expect(text(model({ "/w/migrations/20240101_a.js": body }, "knex", "mysql2").table("a"))).toEqual(["id integer!", "x varchar", "primary (id)", "index fulltext (x)"]);
  });

  it("marks the table a call touches that is not understood, and nothing else", () => {
    const schema = migrated(
      "knex",
      knexUp(`await knex.schema.createTable("a", (t) => { t.increments(); });
        await knex.schema.createTable("b", (t) => { t.increments(); t.index(columnsOf(config)); });
        await knex.schema.createTable("c", (t) => { t.increments(); t.foo("x"); });
        await knex.schema.alterTable("a", (t) => t.string(process.env.COLUMN));`),
    );
    expect(["a", "b", "c"].map((name) => schema.table(name)?.uncertain !== undefined)).toEqual([false, true, true]);
    expect(schema.table("b")?.uncertain).toContain("20240101000000_step.js:3");
  });

  it("doubts every table known so far when an index goes to a table that is not known", () => {
    const index = (call: string): SchemaModel =>
      migrated(
        "knex",
        knexUp(`await knex.schema.createTable("a", (t) => { t.increments(); });`),
        knexUp(`for (const name of await knex("pg_tables").pluck("tablename")) await knex.schema.alterTable(name, (t) => { ${call} });`),
        knexUp(`await knex.schema.createTable("later", (t) => { t.increments(); });`),
      );
    expect(index(`t.index("tenant");`).tables.map(({ name, uncertain }) => [name, uncertain !== undefined])).toEqual([
      ["a", true],
      ["later", false],
    ]);
    expect(index(`t.string("tenant");`).table("a")?.uncertain).toBeUndefined();
    expect(index(`t.dropColumn("tenant");`).table("a")?.uncertain).toBeUndefined();
  });

  it("doubts what is handed to code that is not followed: the tables named, or all", () => {
    const schema = (call: string): readonly (readonly [string, boolean])[] =>
      migrated("knex", `const { extend } = require("some-package");\n${knexUp(`await knex.schema.createTable("a", (t) => t.increments()).createTable("b", (t) => t.increments());\n${call}`)}`).tables.map(({ name, uncertain }) => [name, uncertain !== undefined]);
    expect(schema(`await extend(knex, "a");`)).toEqual([["a", true], ["b", false]]);
    expect(schema(`await extend(knex);`)).toEqual([["a", true], ["b", true]]);
    expect(schema(`await extend("a");`)).toEqual([["a", false], ["b", false]]);
  });

  it("knows the form of SQL that is made of each row", () => {
    const schema = (statement: string): boolean =>
      migrated("pg", `exports.up = async (db) => {
        await db.query("CREATE TABLE a (id int)");
        const rows = await db.query("SELECT name FROM settings");
        await db.query(rows.map(({ name }) => ({ name })).map((row) => \`${statement}\`).join("\\n"));
      };`).table("a")?.uncertain !== undefined;
    expect(schema("UPDATE b SET c = '${row.name}';")).toBe(false);
    expect(schema("CREATE INDEX ON ${row.name} (id);")).toBe(true);
  });

  it("reads SQL around holes", () => {
    const schema = migrated(
      "typeorm",
      `module.exports = class A {
        async up(queryRunner) {
          await queryRunner.query("CREATE TABLE a (id int PRIMARY KEY, b text)");
          await queryRunner.query("CREATE TABLE c (id int PRIMARY KEY, b text)");
          await queryRunner.query(\`ALTER TABLE a ADD COLUMN d int DEFAULT \${process.env.D}\`);
          await queryRunner.query(\`CREATE INDEX \${process.env.NAME} ON a (b)\`);
          await queryRunner.query(\`CREATE INDEX ON c (\${process.env.COLUMN})\`);
          await queryRunner.query(\`INSERT INTO a VALUES (\${process.env.D})\`);
        }
      };`,
    );
    expect(text(schema.table("a"))).toEqual(["id integer!", "b text", "d integer", "primary (id)", "index (b)"]);
    expect(text(schema.table("c"))).toEqual(["id integer!", "b text", "primary (id)", "uncertain"]);
  });

  it("mixes with SQL in one folder, in order", () => {
    const schema = model(
      {
        "/w/migrations/001_a.sql": "CREATE TABLE a (id int PRIMARY KEY, b text);\nCREATE INDEX a_b ON a (b);",
        "/w/migrations/002_b.js": `exports.up = (pgm) => { pgm.dropIndex("a", "b", { name: "a_b" }); pgm.renameTable("a", "c"); };`,
        "/w/migrations/010_c.sql": "CREATE INDEX c_b ON c (b, id);",
        "/w/migrations/index.js": "module.exports = require('./002_b');",
        "/w/migrations/helpers.js": "exports.up = (pgm) => pgm.dropTable('c');",
      },
      "node-pg-migrate",
    );
    expect(text(schema.table("c"))).toEqual(["id integer!", "b text", "primary (id)", "index (b, id)"]);
  });

  it("never fails: broken, endless and hostile files only cost certainty", () => {
    const broken = [
      "export const up = (",
      "exports.up = async (knex) => { for (;;) { await knex.schema.alterTable('a', (t) => t.index('x')); } };",
      "exports.up = (knex) => { let i = 1; while (i > 0) { i = i + 1; knex.raw('select 1'); } };",
      "const f = (knex) => f(knex); exports.up = f;",
      "exports.up = (knex) => knex.schema.createTable('a', ".repeat(300),
      `exports.up = (knex) => knex.raw(${"'a' + ".repeat(3_000)}'b');`,
      "exports.up = 3;",
      "exports.up = (knex) => knex.schema.createTable();",
      "exports.up = (knex) => { const a = []; a.push(a); knex.raw(`${a}`); const o = {}; o.o = o; knex.schema.createTable('t', o); };",
      "exports.up = (knex) => { let all = ['a', 'b']; for (let i = 0; i < 1000; i++) all = [...all, ...all]; };",
      "exports.up = (knex) => { let all = ['a', 'b']; for (let i = 0; i < 1000; i++) all = all.concat(all, all.map((x) => x)); };",
      "exports.up = (knex) => { let one = f('a', 'b'); for (let i = 0; i < 1000; i++) one = g(one, { one, i: 'x' + i }, [one, one]); knex.raw(one); };",
      "exports.up = (knex) => { let all = 'select 1'; for (let i = 0; i < 1000; i++) all = `${all};${all}`; knex.raw(all); };",
      "export class A { up(q) { q.createTable(new (class {})()); q.createIndex(); q.query(); } }",
    ];
    for (const body of broken) {
      const schema = migrated("knex", knexUp(`await knex.schema.createTable("first", (t) => { t.increments(); });`), body);
      expect(schema.table("first")?.columns.length).toBe(1);
    }
    expect(migrated("knex", knexUp(`await knex.schema.createTable("first", (t) => { t.increments(); });`), broken[0]!).table("first")?.uncertain).toContain("20240102000000_step.js");
  });
});

describe("finding them", () => {
  const create = (name: string): string => knexUp(`await knex.schema.createTable("${name}", (t) => { t.increments(); });`);

  it("keeps the databases of tenants and of the system apart", () => {
    const index = load(
      {
        "/w/src/database/system/migrations/20240101_a.js": create("tenants"),
        "/w/src/database/tenant/migrations/20240101_a.js": create("invoices"),
        "/w/other/migrations/main/20240101_a.js": create("users"),
        "/w/other/migrations/logs/20240101_a.js": create("events"),
      },
      "knex",
      "mysql2",
    );
    expect(index.summary().map(({ id, model: found }) => [id, found?.dialect, found?.tables.map(({ name }) => name)])).toEqual([
      ["other/migrations/logs", "mysql", ["events"]],
      ["other/migrations/main", "mysql", ["users"]],
      ["src/database/system", "mysql", ["tenants"]],
      ["src/database/tenant", "mysql", ["invoices"]],
    ]);
  });

  it("finds folders by the configuration of the tools, and their dialect", () => {
    const files = {
      "/w/knexfile.ts": `export default { client: "pg", migrations: { directory: "./db/changes" } };`,
      "/w/db/changes/first.ts": create("a"),
    };
    expect(load(files, "knex").summary().map(({ model: found }) => [found?.dialect, found?.tables.map(({ name }) => name)])).toEqual([["postgresql", ["a"]]]);
    const sequelize = { "/w/.sequelizerc": `module.exports = {\n  "migrations-path": path.resolve("server", "changes"),\n};`, "/w/server/changes/x.js": `exports.up = (queryInterface, S) => queryInterface.createTable("b", { id: S.INTEGER });` };
    expect(load(sequelize, "sequelize", "mysql2").summary().map(({ model: found }) => [found?.dialect, found?.tables.map(({ name }) => name)])).toEqual([["mysql", ["b"]]]);
    const typeorm = { "/w/src/data-source.ts": `export const source = new DataSource({ type: "postgres", migrations: [__dirname + "/steps/*.{ts,js}"] });`, "/w/src/steps/One.ts": `export class One { async up(queryRunner) { await queryRunner.query("CREATE TABLE c (id int)"); } }` };
    expect(load(typeorm, "typeorm", "pg", "mysql2").summary().map(({ model: found }) => [found?.dialect, found?.tables.map(({ name }) => name)])).toEqual([["postgresql", ["c"]]]);
    expect(load(typeorm, "pg").summary()).toEqual([]);
  });

  it("leaves out built files, seeds, tests and what is no migration", () => {
    const index = load(
      {
        "/w/dist/migrations/20240101_a.js": create("a"),
        "/w/node_modules/x/migrations/20240101_a.js": create("b"),
        "/w/migrations/seeds/20240101_a.js": create("c"),
        "/w/migrations/20240101_a.test.js": create("d"),
        "/w/migrations/20240102_e.ts": create("e"),
        "/w/migrations/20240102_e.js": create("f"),
        "/w/src/20240103_g.js": create("g"),
        "/w/migrations/20240104_plain.js": "module.exports = { rows: [1] };",
      },
      "knex",
      "pg",
    );
    expect(index.summary().map(({ model: found }) => found?.tables.map(({ name }) => name))).toEqual([["e"]]);
  });

  it("sees a helper that changes, in the digest too", () => {
    const files: Record<string, string> = {
      "/w/package.json": JSON.stringify({ name: "app", dependencies: { knex: "*", pg: "*" } }),
      "/w/migrations/20240101_a.js": `const { add } = require("./lib/add");\nexports.up = (knex) => knex.schema.createTable("a", (t) => { t.increments(); add(t); });`,
      "/w/migrations/lib/add.js": `exports.add = (t) => t.string("x");`,
    };
    const host = memoryHost(files);
    const before = new SchemaIndex({ host, cwd: "/w" });
    const digest = before.digest();
    expect(text(before.schemaFor("/w/x.ts")?.table("a"))).toEqual(["id integer!", "x varchar", "primary (id)"]);
    files["/w/migrations/lib/add.js"] = `exports.add = (t) => t.string("x").index();`;
    const after = new SchemaIndex({ host, cwd: "/w" });
    expect(after.digest()).not.toBe(digest);
    expect(text(after.schemaFor("/w/x.ts")?.table("a"))).toContain("index (x)");
  });
});
