/** What a scan is said to be for, through the whole analysis with a schema. */
import { describe, expect, it } from "vitest";
import { analysisOf, directoryOf, PRISMA, SETUP } from "./support.js";

const SCHEMA = `
  CREATE TABLE users (id integer PRIMARY KEY, team_id integer NOT NULL, email text);
  CREATE INDEX users_team ON users (team_id);
  CREATE TABLE posts (id integer PRIMARY KEY, user_id integer NOT NULL, title text, published boolean);
`;
const root = directoryOf({ "package.json": '{ "dependencies": { "pg": "8" } }', "migrations/001.sql": SCHEMA });

function scans(sql: string): readonly string[] {
  const { subjects } = analysisOf(`${SETUP}await pool.query(${JSON.stringify(sql)}, [1, 2]);`, `${root}/src/file.ts`, root);
  return subjects.flatMap(({ facts }) => facts.access().flatMap(({ table, verdict, columns }) => (verdict === "unusable" ? [`${table.name} by ${columns.join(", ")}`] : [])));
}

describe("scans", () => {
  it.each<readonly [string, readonly string[]]>([
    ["SELECT * FROM posts WHERE title = $1", ["posts by title"]],
    // Conditions on another table are not what this one is filtered by.
    ["SELECT * FROM posts p JOIN users u ON u.email = p.title WHERE p.title = $1 AND u.email = $2", ["posts by title", "users by email"]],
    // A left join that WHERE makes an inner one can be entered from behind.
    ["SELECT * FROM posts p LEFT JOIN users u ON u.id = p.user_id WHERE p.title = $1", ["posts by title"]],
    ["SELECT * FROM posts p LEFT JOIN users u ON p.id = u.team_id WHERE p.title = $1 AND u.team_id = $2", []],
    // Wherever the planner starts, it starts with a scan.
    ["SELECT * FROM posts LEFT JOIN users ON posts.id = users.team_id WHERE title = $1 AND email = $2", ["posts by title"]],
    ["SELECT * FROM posts LEFT JOIN users ON posts.id = users.team_id WHERE title = $1 AND published", ["posts by title, published"]],
    // No index of this table finds what has no partner.
    ["SELECT * FROM posts p WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = p.user_id)", []],
  ])("%s → %j", (sql, expected) => {
    expect(scans(sql)).toEqual(expected);
  });
});

describe("scans of the other tables of a statement", () => {
  it.each<readonly [string, readonly string[]]>([
    // Few users are found, and no index leads from them to their posts.
    ["SELECT * FROM users u JOIN posts p ON p.user_id = u.id WHERE u.team_id = $1", ["posts by user_id"]],
    ["SELECT * FROM posts p, users u WHERE p.user_id = u.id AND u.id = $1", ["posts by user_id"]],
    ["SELECT * FROM users u LEFT JOIN posts p ON p.user_id = u.id AND p.published WHERE u.id = $1", ["posts by user_id, published"]],
    // The other way round the key of the users serves.
    ["SELECT * FROM users u JOIN posts p ON p.user_id = u.id WHERE p.id = $1", []],
    ["SELECT * FROM posts p LEFT JOIN users u ON u.id = p.user_id WHERE p.id = $1", []],
    // The planner starts at the posts of one id, not at the e-mail.
    ["SELECT * FROM users u JOIN posts p ON p.user_id = u.id WHERE p.id = $1 AND u.email = $2", []],
    // Nothing narrows the rows: both tables are read once, and no index would change that.
    ["SELECT * FROM users u JOIN posts p ON p.user_id = u.id", []],
    ["SELECT * FROM users u JOIN posts p ON p.user_id = u.id WHERE p.published", []],
    // An index on the order ends the read early.
    ["SELECT * FROM posts p JOIN users u ON u.id = p.user_id WHERE u.email = $1 ORDER BY p.id LIMIT 5", []],
    // A table that the schema does not know may be where the planner starts.
    ["SELECT * FROM posts p JOIN elsewhere e ON e.post_id = p.id WHERE e.code = $1", []],
    ["SELECT * FROM posts p JOIN generate_series(1, 3) n ON n = p.id", []],
    ["SELECT * FROM posts p RIGHT JOIN users u ON u.id = p.user_id WHERE p.title = $1", []],
    ["SELECT * FROM posts a JOIN posts b ON b.title = a.title WHERE a.id = $1", ["posts by title"]],
    ["SELECT * FROM users u JOIN posts p ON p.user_id = u.id JOIN posts q ON q.user_id = u.id WHERE u.id = $1", ["posts by user_id"]],
    // Sub-queries, branches and common table expressions have filters of their own.
    ["SELECT * FROM users WHERE id = (SELECT user_id FROM posts WHERE title = $1)", ["posts by title"]],
    ["SELECT * FROM users WHERE team_id = $1 AND EXISTS (SELECT 1 FROM posts p WHERE p.user_id = users.id)", ["posts by user_id"]],
    ["SELECT * FROM posts p WHERE p.id = $1 AND EXISTS (SELECT 1 FROM users u WHERE u.id = p.user_id AND u.email = $2)", []],
    ["SELECT * FROM posts WHERE id IN (SELECT id FROM users WHERE email = $1)", []],
    ["SELECT * FROM posts WHERE id IN (SELECT user_id FROM posts WHERE title = $1)", ["posts by title"]],
    ["SELECT id FROM users WHERE id = $1 UNION ALL SELECT id FROM posts WHERE title = $1", ["posts by title"]],
    ["WITH found AS (SELECT user_id FROM posts WHERE title = $1) SELECT * FROM users JOIN found ON found.user_id = users.id", ["posts by title"]],
    ["SELECT * FROM (SELECT * FROM posts WHERE title = $1) x", ["posts by title"]],
    ["UPDATE posts SET title = '' FROM users u WHERE u.id = posts.user_id AND u.id = $1", ["posts by user_id"]],
    ["DELETE FROM posts USING users u WHERE u.id = posts.user_id AND u.team_id = $1", ["posts by user_id"]],
    ["DELETE FROM users USING posts p WHERE p.user_id = users.id AND p.id = $1", []],
    ["INSERT INTO users (id) SELECT id FROM posts WHERE title = $1", ["posts by title"]],
  ])("%s → %j", (sql, expected) => {
    expect(scans(sql)).toEqual(expected);
  });
});

describe("a table whose indexes are not known", () => {
  const dark = directoryOf({ "package.json": '{ "dependencies": { "pg": "8" } }', "migrations/001.sql": `${SCHEMA} CREATE TABLE notes (id integer PRIMARY KEY, user_id integer, body text, hidden boolean); ALTER TABLE notes FROBNICATE;` });
  const found = (sql: string): readonly string[] => {
    const { subjects } = analysisOf(`${SETUP}await pool.query(${JSON.stringify(sql)}, [1, 2]);`, `${dark}/src/file.ts`, dark);
    return subjects.flatMap(({ facts }) => facts.access().flatMap(({ table, verdict }) => (verdict === "unusable" ? [table.name] : [])));
  };

  it.each<readonly [string, readonly string[]]>([
    ["SELECT * FROM notes n JOIN posts p ON p.id = n.id WHERE p.title = $1", ["posts"]],
    ["SELECT * FROM notes n JOIN posts p ON p.id = n.id WHERE p.title = $1 AND n.hidden", ["posts"]],
    ["SELECT * FROM notes n JOIN posts p ON p.id = n.id WHERE p.title = $1 AND n.body = $2", []],
  ])("%s → %j", (sql, expected) => {
    expect(found(sql)).toEqual(expected);
  });
});

describe("a file that migrates a database", () => {
  const scansIn = (code: string): number =>
    analysisOf(`${SETUP}${code}`, `${root}/src/file.ts`, root).subjects.flatMap(({ facts }) => facts.access()).filter(({ verdict }) => verdict === "unusable").length;
  const scan = "await pool.query('UPDATE posts SET title = $2 WHERE title = $1', [1, 2]);";

  it.each([
    ["runs on the indexes of its own time", `export async function up() { ${scan} }\nexport async function down() { ${scan} }`, 0],
    ["may be an object or a class", `export default { up: async () => { ${scan} }, down: async () => {} };`, 0],
    ["goes both ways", `export async function up() { ${scan} }`, 1],
    ["has these as words of their own", `export async function update() { ${scan} }\nexport async function download() { view.up(); view.down(); }`, 1],
  ])("%s", (_name, code, number) => {
    expect(scansIn(code)).toBe(number);
  });
});

describe("tables that a library joins by a relation", () => {
  const ENTITIES = `
    import { Column, Entity, JoinTable, ManyToMany, PrimaryGeneratedColumn } from "typeorm";
    @Entity("channels") export class Channel { @PrimaryGeneratedColumn() id!: number; @Column("varchar") code!: string; }
    @Entity("customers") export class Customer {
      @PrimaryGeneratedColumn() id!: number;
      @Column("varchar") email!: string;
      @ManyToMany(() => Channel) @JoinTable() channels!: Channel[];
    }
  `;
  const project = directoryOf({ "package.json": '{ "dependencies": { "typeorm": "0.3", "pg": "8" } }', "src/entities.ts": ENTITIES });
  const told = (where: string): readonly string[] => {
    const code = `
      import type { Repository } from "typeorm";
      import { Customer } from "./entities.js";
      export async function run(customers: Repository<Customer>, id: number) {
        return await customers.createQueryBuilder("customer").leftJoin("customer.channels", "channel").where(${JSON.stringify(where)}, { id }).getOne();
      }
    `;
    const { subjects } = analysisOf(code, `${project}/src/find.ts`, project);
    return subjects.flatMap(({ facts }) => facts.access().flatMap(({ table, verdict, columns, joined }) => (verdict === "unusable" ? [`${table.name} by ${columns.join(", ")}${joined ? " joined" : ""}`] : [])));
  };

  it.each<readonly [string, readonly string[]]>([
    // The condition of the join is not seen: from a channel an index may lead to its customers.
    ["channel.id = :id AND customer.email = :id", []],
    ["customer.email = :id", ["customers by email"]],
    ["channel.code = :id", ["channels by code"]],
  ])("%s → %j", (where, expected) => {
    expect(told(where)).toEqual(expected);
  });
});

describe("what a scan marks", () => {
  it.each<readonly [string, string]>([
    ["SELECT * FROM posts WHERE title = $1 AND id > 0 ORDER BY id", "title = $1 AND id > 0"],
    ["SELECT * FROM posts p JOIN users u ON u.email = p.title WHERE p.title = $1 AND u.email = $2", "p.title = $1"],
    ["SELECT * FROM posts p JOIN users u ON p.id = u.id AND p.published WHERE u.email = $2 AND p.title = $1", "p.published WHERE u.email = $2 AND p.title = $1"],
    ["SELECT * FROM users u JOIN posts p ON p.user_id = u.id WHERE u.team_id = $1 AND p.published", "p.user_id = u.id"],
    ["SELECT * FROM users WHERE id = (SELECT user_id FROM posts WHERE title = $1)", "title = $1"],
  ])("of %s is %s", (sql, expected) => {
    const { subjects } = analysisOf(`${SETUP}await pool.query(${JSON.stringify(sql)}, [1, 2]);`, `${root}/src/file.ts`, root);
    const accesses = subjects.flatMap(({ facts }) => facts.access());
    const { span } = accesses.find(({ verdict }) => verdict === "unusable") ?? accesses[0]!;
    expect(sql.slice(span.start, span.end)).toBe(expected);
  });
});

describe("scans of filters that the program chooses from", () => {
  const DRIZZLE = `
    import { and, eq, or } from "drizzle-orm";
    import { drizzle } from "drizzle-orm/node-postgres";
    import { index, integer, pgTable, text } from "drizzle-orm/pg-core";
    const posts = pgTable("posts", { id: integer("id").primaryKey(), userId: integer("user_id"), title: text("title"), body: text("body") }, (t) => [index("posts_user").on(t.userId)]);
    const db = drizzle("postgres://localhost/shop");
  `;
  const scanned = (where: string): readonly string[] => {
    const project = directoryOf({ "package.json": '{ "dependencies": { "drizzle-orm": "1" } }', "src/file.ts": DRIZZLE });
    const { subjects } = analysisOf(`${DRIZZLE}await db.select().from(posts).where(${where});`, `${project}/src/file.ts`, project);
    return subjects.flatMap(({ facts }) => facts.access().flatMap(({ verdict, columns, reason }) => (verdict === "unusable" ? [`${columns.join(", ")}: ${reason}`] : [])));
  };

  it.each<readonly [string, readonly string[]]>([
    ["flag ? eq(posts.userId, id) : eq(posts.id, id)", []],
    ["flag ? eq(posts.userId, id) : eq(posts.title, id)", ["title: no index of `posts` contains `title`"]],
    ["flag ? and(eq(posts.title, id), eq(posts.body, id)) : eq(posts.title, id)", ["title, body: no index of `posts` contains `title`"]],
    ["and(eq(posts.userId, id), flag ? eq(posts.body, id) : eq(posts.title, id))", []],
    ["or(eq(posts.userId, id), eq(posts.title, id))", ["user_id, title: the side of the OR on `title` cannot use an index, so every row is read"]],
  ])("%s → %j", (where, expected) => {
    expect(scanned(where)).toEqual(expected);
  });
});

describe("scans for what a related row must fulfil", () => {
  const SCHEMA = `
    datasource db {
      provider = "postgresql"
    }
    model Document {
      id Int @id
      title String
      ownerId Int
      owner User @relation(fields: [ownerId], references: [id])
      recipients Recipient[]
      @@index([ownerId])
    }
    model Recipient {
      id Int @id
      token String
      email String
      documentId Int
      document Document @relation(fields: [documentId], references: [id])
      @@index([documentId])
      @@index([email])
    }
    model User {
      id Int @id
      name String
      role Role
      documents Document[]
    }
    enum Role {
      A
      B
    }
  `;
  const scanned = (where: string): readonly string[] => {
    const project = directoryOf({ "package.json": '{ "dependencies": { "@prisma/client": "6" } }', "prisma/schema.prisma": SCHEMA });
    const { subjects } = analysisOf(`${PRISMA}await prisma.document.findMany({ where: ${where} });`, `${project}/src/file.ts`, project);
    return subjects.flatMap(({ facts }) => facts.access().flatMap(({ table, verdict, columns, reason, proposal }) => (verdict === "unusable" ? [`${table.name} by ${columns.join(", ")}: ${reason}; ${proposal?.declaration ?? "nothing"}`] : [])));
  };

  it.each<readonly [string, readonly string[]]>([
    ["{ recipients: { some: { token } } }", ["Recipient by token: no index of `Recipient` contains `token`; @@index([token])"]],
    ["{ recipients: { some: { email } } }", []],
    ["{ recipients: { some: {} } }", []],
    ["{ id, recipients: { some: { token } } }", []],
    ["{ title, recipients: { some: { token } } }", ["Document by title: no index of `Document` contains `title`; @@index([title])"]],
    ["{ owner: { name } }", ["User by name: no index of `User` contains `name`; @@index([name])"]],
    ["{ owner: { is: { name } } }", ["User by name: no index of `User` contains `name`; @@index([name])"]],
    // An index of a column with few values would not help.
    ["{ owner: { role: 'A' } }", []],
    ["{ owner: { documents: { some: { recipients: { some: { token } } } } } }", ["Recipient by token: no index of `Recipient` contains `token`; @@index([token])"]],
    // Whether the condition is there or not, no index serves.
    ["{ recipients: { some: { token: on ? token : undefined } } }", ["Recipient by token: no index of `Recipient` contains `token`; @@index([token])"]],
    ["{ recipients: { some: { email: on ? token : undefined } } }", []],
  ])("%s → %j", (where, expected) => {
    expect(scanned(where)).toEqual(expected);
  });
});

describe("the reason and the proposal", () => {
  const told = (project: string, code: string): readonly string[] =>
    analysisOf(code, `${project}/src/file.ts`, project).subjects.flatMap(({ facts }) => facts.access().flatMap(({ verdict, columns, reason, proposal }) => (verdict === "unusable" ? [`${columns.join(", ")}: ${reason}; ${proposal?.declaration ?? proposal?.ddl ?? ""}`] : [])));

  it("speak of the same column", () => {
    const sql = "SELECT * FROM posts WHERE published AND title LIKE '%x' AND user_id = $1";
    expect(told(root, `${SETUP}await pool.query(${JSON.stringify(sql)}, [1]);`)).toEqual([
      "published, title, user_id: no index of `posts` contains `user_id`; CREATE INDEX posts_user_id_published_idx ON posts (user_id, published)",
    ]);
  });
});
