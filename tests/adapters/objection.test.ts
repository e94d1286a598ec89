import { describe, expect, test } from "vitest";
import { outline, sites } from "./harness.js";

const FILES = { "package.json": JSON.stringify({ name: "example", dependencies: { objection: "3", knex: "3", pg: "8" } }) };
const MODELS = `
  import { Model, transaction, QueryBuilder } from "objection";
  class Line extends Model { static tableName = "lines"; static relationMappings = () => ({ order: { relation: Model.BelongsToOneRelation, modelClass: Order, join: { from: "lines.orderId", to: "orders.id" } } }); }
  class Order extends Model {
    static tableName = "orders";
    lines?: Line[];
    static modifiers = { open(query, status) { query.where("status", "open"); } };
    static get relationMappings() { return { lines: { relation: Model.HasManyRelation, modelClass: Line, join: { from: "orders.id", to: "lines.orderId" } }, tags: { relation: Model.ManyToManyRelation, modelClass: Line, join: {} } }; }
    static findOpen() { return this.query().where("status", "open"); }
  }
  declare const id: number; declare const ids: number[]; declare const order: Order; declare const orders: Order[];
`;

function read(code: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  return sites(`${MODELS}\n${code}`, { ...FILES, ...files }).filter((site) => !site.site.name.startsWith("this.")).map(outline);
}

describe("rows", () => {
  test.each([
    ["of an annotation", "await order.$query().patch({ status: 'x' });", ["update orders, where id = parameter, by unique key"]],
    ["of an awaited query", "const one = await Order.query().findById(id); await one.$relatedQuery('lines');", ["select orders, where id = parameter, by unique key", "select lines, where orderId = parameter"]],
    ["of a loop over a query", "for (const one of await Order.query().limit(5)) await one.$relatedQuery('lines');", ["select orders, where nothing, limit 5", "select lines, where orderId = parameter"]],
    ["of a callback", "await Promise.all(orders.map((one) => one.$query().delete()));", ["delete orders, where id = parameter, by unique key"]],
    ["of a callback of a package", "import Bluebird from 'bluebird'; await Bluebird.each(orders, (one) => one.$query().delete());", ["delete orders, where id = parameter, by unique key"]],
    ["of then", "Order.query().limit(1).then((found) => found.map((one) => one.$fetchGraph('lines')));", ["select orders, where nothing, limit 1", "select lines, where orderId = parameter"]],
    ["of a page", "const page = await Order.query().page(0, 10); for (const one of page.results) await one.$relatedQuery('lines');", ["select orders, where nothing, limit 10, offset parameter", "select lines, where orderId = parameter"]],
    ["a relation with a join table", "await order.$relatedQuery('tags');", ["select lines, where opaque(yes)"]],
    ["lists in memory are no queries", "const found = await Order.query().limit(2); found.filter((one) => one.id).sort(); found.find((one) => one.id === id);", ["select orders, where nothing, limit 2"]],
  ])("%s", (_, code, expected) => {
    expect(read(code)).toEqual(expected);
  });
});

describe("queries", () => {
  test.each([
    ["first sends no limit", "await Order.query().where({ status: 'x' }).first();", ["select orders, where status = x, delivers one-unlimited"]],
    ["findOne sends no limit", "await Order.query().findOne({ status: 'x' });", ["select orders, where status = x, delivers one-unlimited"]],
    ["related rows of several", "await Order.relatedQuery('lines').for([1, 2]);", ["select lines, where orderId in list"]],
    ["a modifier of the model", "await Order.query().modify('open').delete();", ["delete orders, where status = open"]],
    ["a modifier that is not seen", "await Order.query().modify(filters).delete();", ["delete orders, where opaque(unknown)"]],
    ["a builder of the team's own", "await Order.query().visibleTo(id).delete();", ["delete orders, where opaque(unknown)"]],
    ["completed by the caller", "class Repo { mark() { return Order.query().patch({ status: 'x' }); } } const repo = new Repo(); await repo.mark().findById(id);", ["update orders, where opaque(unknown), unknown", "update orders, where id = parameter, by unique key"]],
    ["a static method on a model", "await Order.findOpen().limit(1);", ["select orders, where status = open, limit 1"]],
    ["models of a transaction", "await transaction(Order, Line, async (Orders, Lines, trx) => { await Orders.query().deleteById(1); await Lines.query().delete(); await trx('orders').del(); });", ["delete orders, where id = 1, by unique key", "delete lines, where nothing", "delete orders, where nothing"]],
    ["an alias", "await Order.query().alias('o').where('o.status', 'x');", ["select orders, where status = x"]],
    ["a key of its own", "class Flag extends Model { static tableName = 'flags'; static idColumn = 'code'; } await Flag.query().deleteById('x');", ["delete flags, where code = x, by unique key"]],
    ["the first of a model that limits it", "class Flag extends Model { static tableName = 'flags'; static useLimitInFirst = true; } await Flag.query().first();", ["select flags, where nothing, limit 1, delivers one"]],
    ["related rows inside another query", "await Order.query().whereExists(Order.relatedQuery('lines'));", ["select orders, where exists subquery"]],
  ])("%s", (_, code, expected) => {
    expect(read(code)).toEqual(expected);
  });
});

describe("models behind mixins", () => {
  test.each([
    ["of a package", "const Soft = softDelete({})(Model); class Note extends Soft { static tableName = 'notes'; } await Note.query().delete();"],
    ["piped over a base of the project", "import * as R from 'ramda'; class Base extends Model {} const Mixed = R.pipe(a, b)(Base); class Note extends Mixed { static tableName = 'notes'; } await Note.query().delete();"],
    ["nested", "class Note extends visibility(unique({ fields: [] })(Model)) { static tableName = 'notes'; } await Note.query().delete();"],
    ["of Objection", "import { mixin } from 'objection'; class Note extends mixin(Model, [a, b]) { static tableName = 'notes'; } await Note.query().delete();"],
    ["of the project", "function Stamped(Base) { return class extends Base { static get tableName() { return 'notes'; } }; } class Note extends Stamped(Model) {} await Note.query().delete();"],
  ])("%s", (_, code) => {
    expect(read(code)).toEqual(["delete notes, where nothing"]);
  });

  test("a class that is only given to a function is no model of what it makes", () => {
    expect(read("const service = register(Order); service.query().delete(); const List = render(Order); List.query('all');")).toEqual([]);
  });
});
