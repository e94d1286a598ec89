import type { LibraryScenarios, Scenario, ScenarioId } from "../scenarios.js";

const DECLARED = { "package.json": JSON.stringify({ name: "example", dependencies: { objection: "^3.1.0", knex: "^3.1.0", pg: "8" } }) };
const MODEL = `
    class Order extends BaseModel {
      static get tableName() { return "orders"; }
      static get modifiers() { return { shipped(query) { query.where("status", "shipped"); } }; }
      static get relationMappings() { return { lines: { relation: Model.HasManyRelation, modelClass: Line, join: { from: "orders.id", to: "lines.orderId" } } }; }
    }`;

const common: Readonly<Record<Exclude<ScenarioId, "client imported through a re-export" | "client annotated as a parameter" | "client in a class field" | "read many, limit maybe undefined" | "read many, limit from a parameter" | "update with a filter that may be undefined" | "delete with a filter that may be undefined" | "builder over several statements">, Scenario>> = {
  "read by key": { code: "await Order.query().findById(id);", expect: "select orders, where id = parameter, by unique key", because: "the key is `id` unless `idColumn` says something else" },
  "read many, unbounded": "await Order.query();",
  "read many, limited": "await Order.query().limit(50);",
  "read many, limited and skipped": "await Order.query().page(page, 50);",
  "read many by key list": "await Order.query().findByIds(ids);",
  "read many, filtered": 'await Order.query().where("customerId", customerId);',
  "read many, filtered by two": 'await Order.query().where({ customerId }).modify("shipped");',
  "read many, either of two": 'await Order.query().where("customerId", customerId).orWhere("status", "=", "shipped");',
  "read many, conditional filter": "await Order.query().where({ ...(active && { customerId }) });",
  "read many, null test": 'await Order.query().whereNull("note");',
  "count": { code: "await Order.query().where({ customerId }).resultSize();", expect: "select orders, where customerId = parameter, aggregate, delivers scalar", because: "it counts by itself" },
  "exists": { cannot: "Objection has no call that asks whether a row exists: `first` and `resultSize` are used" },
  "insert one": "await Order.query().insert({ customerId });",
  "insert many": "await Order.query().insertGraph(ids.map((customerId) => ({ customerId })));",
  "update with filter": 'await Order.query().patch({ status: "shipped" }).where({ customerId });',
  "update without filter": 'await Order.query().update({ status: "shipped" });',
  "update with empty filter": 'await Order.query().where({}).patch({ status: "shipped" });',
  "in a transaction callback": 'await Order.transaction(async (trx) => { await Order.query(trx).where({ id }).patch({ status: "shipped" }); });',
  "delete with filter": "await Order.query().delete().where({ customerId });",
  "delete without filter": "await Order.query().delete();",
  "delete with always true filter": 'await Order.query().delete().whereRaw("1 = 1");',
  "raw statement": { code: `await Order.knex().raw('SELECT * FROM orders WHERE "customerId" = ?', [customerId]);`, expect: "select orders, where customerId = parameter", because: "`knex()` gives the client of Knex" },
  "builder never executed": { code: "const builder = Order.query();", expect: "select orders, where nothing, built", because: "only awaiting it sends it" },
  "sub-query is not a query of its own": 'await Order.query().whereIn("customerId", Line.query().select("customerId"));',
  "look-alikes": `
    class Cache { query() { return this; } where(x) { return this; } delete() { return 1; } }
    const Store = new Cache(); Store.query().where({ id }).delete();
    const params = new URLSearchParams(); params.delete("id"); window.location.query();
    import { Model as Document } from "mongoose"; class Note extends Document {} Note.query().where({ id });
    const client = useApolloClient(); client.query({ query: "select" });
    Model.fromJson({ id }).$validate(); Order.bindKnex(Order.knex()); Order.relationMappings;`,
};

export const objection: LibraryScenarios = {
  id: "objection",
  files: { ...DECLARED, "src/base.ts": 'import { Model } from "objection";\nimport { withTimestamps } from "./mixin.js";\nexport class BaseModel extends withTimestamps(Model) {}', "src/mixin.ts": "export const withTimestamps = (Base) => class extends Base { $beforeInsert() { this.createdAt = new Date(); } };" },
  prelude: `
    import { Model, type ModelClass, type QueryBuilder } from "objection";
    import { BaseModel } from "./base.js";
    class Line extends Model { static tableName = "lines"; }
    ${MODEL}
    declare const customerId: string; declare const id: string; declare const ids: string[]; declare const page: number; declare const active: boolean;
  `,
  scenarios: {
    ...common,
    "read many, limit from a parameter": "async function list(limit: number) { return Order.query().limit(limit); }",
    "read many, limit maybe undefined": { code: "async function list(limit?: number) { return Order.query().limit(limit); }", expect: "select orders, where nothing, limit parameter", because: "undefined is refused" },
    "update with a filter that may be undefined": { code: 'async function ship(customerId?: string) { await Order.query().patch({ status: "shipped" }).where({ customerId }); }', expect: "update orders, where customerId = parameter", because: "undefined is refused" },
    "delete with a filter that may be undefined": { code: "async function drop(customerId?: string) { await Order.query().delete().where({ customerId }); }", expect: "delete orders, where customerId = parameter", because: "undefined is refused" },
    "builder over several statements": `
      async function list(customerId?: string) {
        const builder = Order.query();
        if (customerId) builder.where({ customerId });
        builder.limit(50);
        return await builder;
      }`,
    "client imported through a re-export": {
      bare: true,
      code: 'import { Order } from "./models/index.js";\nexport const list = async () => Order.query();',
      files: { "src/models/index.ts": 'export { default as Order } from "./order.js";', "src/models/order.ts": 'import { BaseModel } from "../base.js";\nexport default class Order extends BaseModel { static tableName = "orders"; }' },
      expect: "select orders, where nothing",
      because: "the file that imports the model does not import the library",
    },
    "client annotated as a parameter": "async function list(orders: ModelClass<Order>) { return orders.query(); }",
    "client in a class field": `
      type Provided<T> = () => T;
      class Orders { constructor(@Inject(Order.name) private readonly orders: Provided<typeof Order>) {} async list() { return this.orders().query(); } }`,
  },
};

export const objectionCommonJs: LibraryScenarios = {
  id: "objection (CommonJS)",
  files: { ...DECLARED, "src/base.ts": 'const { Model } = require("objection");\nconst softDelete = require("objection-soft-delete");\nclass BaseModel extends softDelete({ columnName: "deleted" })(Model) {}\nmodule.exports = BaseModel;' },
  prelude: `
    const { Model } = require("objection");
    const BaseModel = require("./base");
    class Line extends Model { static get tableName() { return "lines"; } }
    ${MODEL}
  `,
  scenarios: {
    ...common,
    "read many, limit from a parameter": "async function list({ limit }) { return Order.query().limit(limit); }",
    "read many, limit maybe undefined": { cannot: "a limit that is undefined is refused, and JavaScript does not say that a parameter may be" },
    "update with a filter that may be undefined": { cannot: "undefined is refused, and JavaScript does not say that a parameter may be" },
    "delete with a filter that may be undefined": { cannot: "undefined is refused, and JavaScript does not say that a parameter may be" },
    "builder over several statements": "async function list(customerId) { const builder = Order.query(); if (customerId) builder.where({ customerId }); builder.limit(50); return await builder; }",
    "client imported through a re-export": {
      bare: true,
      code: 'const { Order } = require("./models");\nexports.list = async () => Order.query();',
      files: { "src/models/index.ts": 'module.exports = { Order: require("./order") };', "src/models/order.ts": 'const BaseModel = require("../base");\nmodule.exports = class Order extends BaseModel { static get tableName() { return "orders"; } };' },
      expect: "select orders, where nothing",
      because: "the model of the other file",
    },
    "client annotated as a parameter": { code: "async function list(tenancy) { const { Order } = tenancy.models(1); return Order.query().where({ id: 1 }); }", expect: "select Order, where id = 1", because: "JavaScript has no annotations: the shape of the call counts" },
    "client in a class field": { code: "class Orders { constructor() { this.orders = Order; } async list() { return this.orders.query(); } }", expect: "select orders, where nothing", because: "assigned in the constructor" },
  },
};
