import type { LibraryScenarios } from "../scenarios.js";

const ONE = "findOne sends LIMIT 1 unless the filter names a unique key";
const REFUSED = "Sequelize refuses a filter with a value that is undefined; nothing is dropped";

/** Scenarios that models of either kind write alike. */
const common: Omit<LibraryScenarios["scenarios"], "client imported through a re-export" | "client annotated as a parameter" | "client in a class field"> = {
  "read by key": { code: "await Order.findByPk(id);", expect: "select orders, where id = parameter, by unique key, delivers one", because: "findByPk reads by the primary key, whatever it is called" },
  "read many, unbounded": "await Order.findAll();",
  "read many, limited": "await Order.findAll({ limit: 50 });",
  "read many, limit from a parameter": "async function list(limit: number) { return Order.findAll({ limit }); }",
  "read many, limit maybe undefined": "async function list(limit?: number) { return Order.findAll({ limit }); }",
  "read many, limited and skipped": "await Order.findAll({ limit: 50, offset: page * 50 });",
  "read many by key list": "await Order.findAll({ where: { id: ids } });",
  "read many, filtered": "await Order.findAll({ where: { customerId } });",
  "read many, filtered by two": 'await Order.findAll({ where: { customerId, status: "shipped" } });',
  "read many, either of two": 'await Order.findAll({ where: { [Op.or]: [{ customerId }, { status: "shipped" }] } });',
  "read many, conditional filter": "await Order.findAll({ where: { ...(active && { customerId }) } });",
  "read many, null test": "await Order.findAll({ where: { note: null } });",
  "count": { code: "await Order.count({ where: { customerId } });", expect: "select orders, where customerId = parameter, aggregate, delivers scalar", because: "count gives a number" },
  "exists": { code: "const found = (await Order.findOne({ where: { customerId } })) !== null;", expect: "select orders, where customerId = parameter, limit 1, delivers one", because: ONE },
  "insert one": "await Order.create({ customerId });",
  "insert many": "await Order.bulkCreate(ids.map((customerId) => ({ customerId })));",
  "update with filter": 'await Order.update({ status: "shipped" }, { where: { customerId } });',
  "update without filter": { cannot: "Sequelize refuses an update without `where` before it sends anything." },
  "update with empty filter": 'await Order.update({ status: "shipped" }, { where: {} });',
  "update with a filter that may be undefined": { code: 'async function ship(customerId?: string) { await Order.update({ status: "shipped" }, { where: { customerId } }); }', expect: "update orders, where customerId = parameter", because: REFUSED },
  "delete with filter": "await Order.destroy({ where: { customerId } });",
  "delete without filter": { cannot: "Sequelize refuses a destroy without `where` and `truncate` before it sends anything." },
  "delete with always true filter": 'await Order.destroy({ where: literal("1 = 1") });',
  "delete with a filter that may be undefined": { code: "async function drop(customerId?: string) { await Order.destroy({ where: { customerId } }); }", expect: "delete orders, where customerId = parameter", because: REFUSED },
  "raw statement": `await sequelize.query('SELECT * FROM orders WHERE "customerId" = :customerId', { replacements: { customerId }, type: QueryTypes.SELECT });`,
  "in a transaction callback": 'await sequelize.transaction(async (transaction) => { await Order.update({ status: "shipped" }, { where: { id }, transaction }); });',
  "builder over several statements": "const where: WhereOptions = {}; if (active) where.customerId = customerId; const options = { where, limit: 50 }; await Order.findAll(options);",
  "builder never executed": { cannot: "Every call of Sequelize sends at once; there is no builder." },
  "sub-query is not a query of its own": 'await Order.findAll({ where: { customerId: { [Op.in]: literal("(SELECT id FROM customers)") } } });',
  "look-alikes": `
    const map = new Map<string, string>(); map.delete("a"); cache.destroy("a"); socket.destroy(); stream.destroy({ where: 1 }); session.save(); await fs.create("x"); Math.max(1, 2); _.sum([1]); ids.count;
    import mongoose, { Schema } from "mongoose"; const Cat = mongoose.model("Cat", new Schema({})); await Cat.findOne({ name: "x" }); await Cat.create({ name: "x" }); await Cat.count(); const cat = new Cat(); await cat.save();
    import { Model as Other } from "objection"; class Dog extends Other { static tableName = "dogs"; } await Dog.findOne({ where: { id: 1 } });
    class Repository { findOne(options: unknown) {} findAll() {} update(a: unknown, b: unknown) {} } const repository = new Repository(); repository.findOne({ where: { id: 1 } }); repository.findAll(); repository.update({}, { where: {} });
    class User { static findAll() {} static create(user: unknown) {} } await User.findAll(); await User.create({ id }); stripe.customers.create({ id }); await userService.findAll({ where: { id } }); await api.users.update(id, { name: "x" });
    await redis.increment("a"); await counter.increment("n", { by: 2 }); dialog.restore(); database.truncate(); log.query("SELECT");
  `,
};

export const sequelize: LibraryScenarios = {
  id: "sequelize",
  prelude: `
    import { DataTypes, literal, Model, Op, QueryTypes, Sequelize, type ModelStatic, type WhereOptions } from "sequelize";
    const sequelize = new Sequelize("postgres://localhost/shop");
    class Order extends Model {}
    Order.init({ customerId: DataTypes.STRING, status: DataTypes.STRING, note: DataTypes.TEXT }, { sequelize, modelName: "orders", tableName: "orders" });
    declare const customerId: string; declare const id: string; declare const ids: string[]; declare const page: number; declare const active: boolean;
  `,
  scenarios: {
    ...common,
    "client imported through a re-export": {
      bare: true,
      code: 'const { Order } = require("./models");\nasync function list() { return Order.findAll(); }',
      files: {
        "src/models/index.ts": `
          const fs = require("fs"); const path = require("path"); const Sequelize = require("sequelize");
          const db = {}; const sequelize = new Sequelize(process.env.DATABASE_URL);
          fs.readdirSync(__dirname).forEach((file) => { const model = require(path.join(__dirname, file))(sequelize, Sequelize.DataTypes); db[model.name] = model; });
          db.sequelize = sequelize; db.Sequelize = Sequelize;
          module.exports = db;
        `,
      },
      expect: "select Order, where nothing",
      because: "the models are loaded by their files, and are known by the names they are taken by",
    },
    "client annotated as a parameter": { code: "async function list(orders: ModelStatic<Order>) { return orders.findAll(); }", expect: "select orders, where nothing", because: "the type names the model" },
    "client in a class field": "class Orders { constructor(private readonly orders: typeof Order) {} list() { return this.orders.findAll(); } }",
  },
};

export const sequelizeTypescript: LibraryScenarios = {
  id: "sequelize-typescript",
  prelude: `
    import { literal, Op, QueryTypes, type WhereOptions } from "sequelize";
    import { Column, ForeignKey, Model, PrimaryKey, Sequelize, Table, type Repository } from "sequelize-typescript";
    import { BaseModel } from "./base-model.js";
    @Table({ tableName: "orders" }) class Order extends BaseModel<Order> { @PrimaryKey @Column id: string; @Column customerId: string; @Column status: string; @Column note: string; }
    const sequelize = new Sequelize({ dialect: "postgres", models: [Order] });
    declare const customerId: string; declare const id: string; declare const ids: string[]; declare const page: number; declare const active: boolean;
  `,
  files: { "src/base-model.ts": 'import { Model } from "sequelize-typescript";\nexport abstract class BaseModel<T extends object> extends Model<T> {}' },
  scenarios: {
    ...common,
    "client imported through a re-export": {
      bare: true,
      code: 'import { Order } from "./models/index.js";\nexport const list = () => Order.findAll();',
      files: {
        "src/models/index.ts": 'export { default as Order } from "./order.js";',
        "src/models/order.ts": 'import { Table } from "sequelize-typescript";\nimport { BaseModel } from "../base-model.js";\n@Table({ tableName: "orders" })\nexport default class Order extends BaseModel<Order> {}',
      },
      expect: "select orders, where nothing",
      because: "the file that imports the model does not import the library",
    },
    "client annotated as a parameter": { code: "async function list(orders: Repository<Order>) { return orders.findAll(); }", expect: "select orders, where nothing", because: "the type names the model" },
    "client in a class field": {
      code: 'import { InjectModel } from "@nestjs/sequelize";\nclass Orders { constructor(@InjectModel(Order) private readonly orders: typeof Order) {} list() { return this.orders.findAll(); } }',
      expect: "select orders, where nothing",
      because: "the model is injected",
    },
  },
};
