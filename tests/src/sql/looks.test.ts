import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { looksLikeSql } from "../../../src/sql/index.js";

interface Item {
  readonly sql: string;
  readonly accepted?: boolean;
}

function load(name: string): readonly Item[] {
  return JSON.parse(readFileSync(new URL(`./corpus/${name}.json`, import.meta.url), "utf8")) as Item[];
}

const sql = [
  "SELECT 1", "select * from users", "SELECT id FROM users", "select id, name from users where id = 1", "SELECT DISTINCT name FROM t", "select name from users order by name", "SELECT now()", "select 'x'", "SELECT $1::int",
  "  \n -- comment\n SELECT a.b FROM a", "/* hint */ select a from b", "(SELECT a FROM b) UNION (SELECT c FROM d)", "WITH x AS (SELECT 1) SELECT * FROM x", "with recursive t(n) as (select 1) select n from t",
  "insert into users (id) values (1)", "INSERT INTO users VALUES ($1)", "insert or ignore into t(a) values (?)", "INSERT IGNORE INTO t SET a = 1", "REPLACE INTO t VALUES (1)", "insert into ", "create table ", "drop table if exists ",
  "delete from users", "DELETE FROM users WHERE id = 1", "DELETE u FROM users u JOIN x ON x.id = u.id WHERE 1", "delete from ",
  "update x set a = 1", "UPDATE users u SET name = $1 WHERE id = $2", "UPDATE a JOIN b ON a.id = b.id SET a.x = 1", "update users set ",
  "TRUNCATE TABLE users", "truncate users cascade", "CREATE TABLE users (id int)", "create unique index if not exists i on t (a)", "ALTER TABLE users ADD COLUMN a int", "DROP TABLE IF EXISTS users",
  "BEGIN", "COMMIT", "ROLLBACK TO SAVEPOINT x", "BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE", "PRAGMA journal_mode = WAL", "EXPLAIN ANALYZE SELECT 1", "VACUUM", "SELECT EXISTS (SELECT 1 FROM t)", "SELECT count(*) AS n FROM t", "SELECT u.* FROM users u", "select id from users u left join posts p on p.uid = u.id",
  "SELECT ", "SELECT * FROM ",
];

const text = [
  "", "Select", "Select all notes from the current note level", "Select a file from your computer", "Select items from list", "Select users from the list below", "Select one or more options", "Select your country", "select", "Select…", "Select (s)", "Select item(s) from the list", "Select 3 items",
  "Select up to 5 files from the gallery", "Selected from the list", "select-none", "selectAll", "SELECT AN OPTION", "Select an option from the dropdown, or add one", "Select date range", "Select a, b or c", "Select the best from each category",
  "Update your profile", "Update available", "Update settings for this project", "update the set of rules", "Update user set", "Updated set = 1", "Delete from library", "Delete from the list", "Delete from your device", "Delete this item", "delete", "Delete user from group", "Delete file",
  "Insert into the document", "Insert image", "Insert into document", "insert into here your text", "Create table", "create index", "drop table", "Create a new table", "Create index page", "Create user account", "Create type", "Drop table here", "Drop files here", "Drop index cards", "Alter table settings", "With love from us", "with x as y", "Truncate text", "Truncate the text to 5", "Begin your journey", "Commit changes", "Commit message", "Rollback failed", "Call us (free)", "Values (and beliefs)", "Explain yourself", "Replace into", "Merge into main branch", "Lock screen", "Start transaction fee", "from users where id = 1", "WHERE id = 1", "https://example.com/select/from", "Pragma once",
];

describe("looksLikeSql", () => {
  for (const item of sql.slice(0, -2)) it(`takes ${JSON.stringify(item)}`, () => expect(looksLikeSql(item)).toBe(true));
  for (const item of text) it(`leaves ${JSON.stringify(item)}`, () => expect(looksLikeSql(item)).toBe(false));

  it("takes what applications and query builders write", () => {
    const missed = ["emitted-postgresql", "emitted-mysql", "emitted-sqlite", "application"].flatMap((name) => load(name)).filter((item) => item.accepted !== false && /^\s*\(*\s*(?:select|insert|update|delete|with)\b/iu.test(item.sql) && !looksLikeSql(item.sql));
    expect(missed.map((item) => item.sql)).toEqual([]);
  });
});
