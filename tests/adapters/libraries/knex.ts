import type { LibraryScenarios } from "../scenarios.js";

const DECLARED = { "package.json": JSON.stringify({ name: "example", dependencies: { knex: "^3.1.0", pg: "8" } }) };

export const knex: LibraryScenarios = {
  id: "knex",
  files: DECLARED,
  prelude: `
    import createKnex, { type Knex } from "knex";
    import _ from "lodash";
    const db = createKnex({ client: "pg" });
    declare const customerId: string; declare const id: string; declare const ids: string[]; declare const page: number; declare const active: boolean;
  `,
  scenarios: {
    "read by key": { code: 'await db("orders").where({ id }).first();', expect: "select orders, where id = parameter, limit 1, delivers one", because: "LIMIT 1 is sent" },
    "read many, unbounded": 'await db("orders");',
    "read many, limited": 'await db("orders").limit(50);',
    "read many, limit from a parameter": 'async function list(limit: number) { return db("orders").limit(limit); }',
    "read many, limit maybe undefined": 'async function list(limit?: number) { return db("orders").limit(limit); }',
    "read many, limited and skipped": 'await db.select("*").from("orders").limit(50).offset(page * 50);',
    "read many by key list": 'await db("orders").whereIn("id", ids);',
    "read many, filtered": 'await db("orders").where("customerId", customerId);',
    "read many, filtered by two": 'await db("orders").where({ customerId, status: "shipped" });',
    "read many, either of two": 'await db("orders").where("customerId", customerId).orWhere("status", "=", "shipped");',
    "read many, conditional filter": 'await db("orders").where({ ...(active && { customerId }) });',
    "read many, null test": 'await db("orders").whereNull("note");',
    "count": 'await db("orders").where({ customerId }).count("* as n");',
    "exists": { cannot: "Knex has no call that asks whether a row exists: `first` and `count` are used" },
    "insert one": 'await db("orders").insert({ customerId });',
    "insert many": 'await db.batchInsert("orders", ids.map((customerId) => ({ customerId })), 1000);',
    "update with filter": 'await db("orders").where({ customerId }).update({ status: "shipped" });',
    "update without filter": 'await db("orders").update("status", "shipped");',
    "update with empty filter": 'await db("orders").where({}).update({ status: "shipped" });',
    "update with a filter that may be undefined": {
      code: 'async function ship(customerId?: string) { await db("orders").where({ customerId }).update({ status: "shipped" }); }',
      expect: "update orders, where customerId = parameter",
      because: "undefined is refused",
    },
    "in a transaction callback": 'await db.transaction(async (trx) => { await trx("orders").where({ id }).update({ status: "shipped" }); });',
    "delete with filter": 'await db("orders").where({ customerId }).del();',
    "delete without filter": 'await db("orders").delete();',
    "delete with always true filter": 'await db("orders").whereRaw("1 = 1").del();',
    "delete with a filter that may be undefined": { code: 'async function drop(customerId?: string) { await db("orders").where({ customerId }).del(); }', expect: "delete orders, where customerId = parameter", because: "undefined is refused" },
    "raw statement": { code: `await db.raw('SELECT * FROM orders WHERE "customerId" = ?', [customerId]);`, expect: "select orders, where customerId = parameter", because: "quoted names keep their case" },
    "client imported through a re-export": {
      bare: true,
      code: 'import { db } from "./lib/index.js";\nawait db("orders");',
      files: { "src/lib/index.ts": 'export { db } from "./client.js";', "src/lib/client.ts": 'import knex from "knex";\nexport const db = knex({ client: "pg" });' },
      expect: "select orders, where nothing",
      because: "the client of the other file",
    },
    "client annotated as a parameter": 'async function list(trx: Knex.Transaction) { return trx("orders"); }',
    "client in a class field": 'class Service { constructor(private readonly knex: Knex) {} async list() { return this.knex("orders"); } }',
    "builder over several statements": `
      async function list(customerId?: string) {
        const builder = db("orders");
        if (customerId) builder.where({ customerId });
        builder.limit(50);
        return await builder;
      }`,
    "builder never executed": { code: 'const builder = db("orders");', expect: "select orders, where nothing, built", because: "only awaiting it sends it" },
    "sub-query is not a query of its own": 'await db("orders").whereIn("customerId", db("customers").select("id").where({ active: true }));',
    "look-alikes": {
      code: `
        import $ from "jquery";
        import { MongoClient } from "mongodb";
        class Service {
          constructor(private readonly cache: Map<string, string>, private readonly http: { delete(url: string): Promise<void>; insert(row: object): void }) {}
          async run(list: { id: string }[], collection: any, knexfile: any) {
            this.cache.delete(id);
            await this.http.delete("/orders");
            this.http.insert({ id });
            list.find((row) => row.id === id);
            _(list).chain().where({ id }).first().value();
            _.chain(list).select("id").first();
            $("#orders").first().select();
            $("orders").where;
            await collection.find({ id }).limit(5).toArray();
            await new MongoClient("").db("shop").collection("orders").find({}).limit(5);
            await collection("orders");
            db.schema.createTable("orders", (table) => { table.increments(); });
            db.migrate.latest();
            db.destroy();
            t("orders.title").first();
            new URLSearchParams().delete("id");
          }
        }`,
      expect: "no site",
      because: "collections, lodash, jQuery, MongoDB, HTTP clients, migrations and what is called by a name that says nothing",
    },
  },
};
