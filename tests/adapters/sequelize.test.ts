import { describe as group, expect, test } from "vitest";
import { isOpaque, type Opaque, type Query } from "../../src/query/model.js";
import { describe, outline, sites } from "./harness.js";

const PRELUDE = `
  import { and, cast, col, DataTypes, fn, json, literal, Model, Op, or, QueryTypes, Sequelize, where as compare } from "sequelize";
  const sequelize = new Sequelize("postgres://localhost/shop");
  class Post extends Model {}
  Post.init({}, { sequelize, paranoid: true });
  class User extends Model {}
  User.init({}, { sequelize, scopes: { active: { where: { active: true } }, of: (id) => ({ where: { teamId: id } }), few: { limit: 5 }, withPosts: { include: [{ model: Post, where: { title: "a" } }] } } });
  User.addScope("late", { where: { late: true } });
  User.hasMany(Post, { as: "posts", foreignKey: "authorId" });
  declare const id: string, ids: string[], x: string, y: string, on: boolean, other: any, user: User;
`;
const USES = { "package.json": JSON.stringify({ name: "example", dependencies: { sequelize: "6", pg: "8" } }) };

function sequelizeSites(code: string, files: Readonly<Record<string, string>> = {}): readonly (Query | Opaque)[] {
  return sites(`${PRELUDE}\n${code}`, { ...USES, ...files });
}

function only(code: string, files?: Readonly<Record<string, string>>): Query {
  const [site, ...others] = sequelizeSites(code, files);
  if (!site || isOpaque(site) || others.length > 0) throw new Error(`not one query: ${code}`);
  return site;
}

const filterOf = (where: string): string => describe(only(`await User.findAll({ where: ${where} });`).where);

group("filters", () => {
  test.each([
    ["{ email: x }", "email = parameter"],
    ["{ email: 'a' }", "email = a"],
    ["{ email: null }", "email is null"],
    ["{ id: ids }", "id in array"],
    ["{ id: ids.map((item) => item.id) }", "id in array"],
    ["{ id: [x, y] }", "id in list"],
    ["{ id: other.userIds }", "id in array"],
    ["{ id: [] }", "always false"],
    ["{ id: { [Op.in]: ids } }", "id in array"],
    ["{ id: { [Op.in]: [] } }", "always false"],
    ["{ id: { [Op.notIn]: [] } }", "always true"],
    ["{ id: { [Op.notIn]: ids } }", "id not in array"],
    ["{ id: { [Op.in]: literal('(SELECT a FROM b)') } }", "id in subquery"],
    ["{ id: { [Op.any]: ids } }", "id in array"],
    ["{ id: { [Op.eq]: { [Op.any]: ids } } }", "id in array"],
    ["{ age: { [Op.gte]: 18, [Op.lt]: 65 } }", "(age >= 18 and age < 65)"],
    ["{ age: { [Op.between]: [1, x] } }", "age between"],
    ["{ age: { [Op.notBetween]: [1, 2] } }", "age not between"],
    ["{ age: { [Op.ne]: null } }", "age is not null"],
    ["{ age: { [Op.ne]: x } }", "age <> parameter"],
    ["{ age: { [Op.not]: null } }", "age is not null"],
    ["{ age: { [Op.not]: x } }", "not age = parameter"],
    ["{ age: { [Op.not]: [1, 2] } }", "not age in list"],
    ["{ ok: { [Op.is]: true } }", "ok is true"],
    ["{ ok: { [Op.is]: null } }", "ok is null"],
    ["{ age: { [Op.or]: [1, { [Op.gt]: 5 }] } }", "(age = 1 or age > 5)"],
    ["{ age: { [Op.or]: { [Op.lt]: 1, [Op.gt]: 5 } } }", "(age < 1 or age > 5)"],
    ["{ age: { [Op.and]: { [Op.gt]: 1, [Op.lt]: 5 } } }", "(age > 1 and age < 5)"],
    ["{ name: { [Op.like]: 'Ab%' } }", "name like 'Ab…'"],
    ["{ name: { [Op.iLike]: `%${x}%` } }", "name ilike '…'"],
    ["{ name: { [Op.notILike]: x } }", "name not ilike ?"],
    ["{ name: { [Op.like]: { [Op.any]: ids } } }", "name like"],
    ["{ name: { [Op.startsWith]: 'Ab' } }", "name like 'Ab…'"],
    ["{ name: { [Op.substring]: x } }", "name like '…'"],
    ["{ name: { [Op.regexp]: x } }", "name ~"],
    ["{ tags: { [Op.contains]: ids } }", "tags @>"],
    ["{ tags: { [Op.overlap]: ids } }", "tags &&"],
    ["{ a: { [Op.col]: 'user.b' } }", "a = column b"],
    ["{ a: { [Op.gt]: col('b') } }", "a > column b"],
    ["{ a: { [Op.gt]: literal('now()') } }", "a > expression"],
    ["{ a: fn('now') }", "a = expression"],
    // Text takes the place of the whole comparison.
    ["{ a: literal('b') }", "opaque(yes)"],
    ["{ a: x, [Op.and]: [{ b: y }, { c: 1 }] }", "(a = parameter and b = parameter and c = 1)"],
    ["{ [Op.or]: [{ a: x }, { b: y, c: 1 }] }", "(a = parameter or (b = parameter and c = 1))"],
    ["{ [Op.or]: { a: x, b: y } }", "(a = parameter or b = parameter)"],
    ["{ [Op.not]: { a: x, b: y } }", "not (a = parameter and b = parameter)"],
    ["{ [Op.not]: [{ a: x }, { b: y }] }", "not (a = parameter and b = parameter)"],
    ["[{ a: x }, { b: y }]", "(a = parameter and b = parameter)"],
    ["or({ a: x }, { b: y })", "(a = parameter or b = parameter)"],
    ["and({ a: x }, or({ b: y }, { c: 1 }))", "(a = parameter and (b = parameter or c = 1))"],
    ["Sequelize.or({ a: x }, { b: y })", "(a = parameter or b = parameter)"],
    ["sequelize.literal('a = 1')", "a = 1"],
    ["literal(`a = ${other}`)", "a = parameter"],
    ["compare(fn('lower', col('email')), x)", "email = parameter"],
    ["compare(col('age'), '>=', 18)", "age >= 18"],
    ["compare(col('age'), Op.gte, 18)", "age >= 18"],
    ["compare(fn('lower', col('email')), { [Op.like]: 'a%' })", "email like 'a…'"],
    ["{ [Op.and]: [compare(fn('lower', col('email')), x), { a: y }] }", "(email = parameter and a = parameter)"],
    ["{ '$posts.title$': x }", "posts.(title = parameter)"],
    ["{ '$posts.author.name$': { [Op.ne]: null } }", "posts.(author.(name is not null))"],
    // Rows that lack a partner.
    ["{ '$posts.id$': null }", "not exists posts"],
    ["compare(col('posts.id'), null)", "not exists posts"],
    ["compare(col('User.id'), null)", "id is null"],
    ["{ 'meta.a.b': 1 }", "meta = 1"],
    ["{ meta: { a: { b: 1 } } }", "meta = 1"],
    ["{ meta: { a: { [Op.gt]: 1 } } }", "meta > 1"],
    // What is empty restricts nothing, but for OR and NOT, which then let nothing pass.
    ["{}", "nothing"],
    ["[]", "nothing"],
    ["undefined", "nothing"],
    ["{ [Op.or]: [] }", "always false"],
    ["{ [Op.or]: [{}] }", "always false"],
    ["{ [Op.or]: [{ a: x }, {}] }", "a = parameter"],
    ["{ [Op.and]: [] }", "nothing"],
    ["{ [Op.not]: {} }", "always false"],
    ["{ meta: {} }", "nothing"],
    // A value that is undefined makes the call fail.
    ["{ id: other?.id }", "id = parameter"],
    ["{ id: on ? x : undefined }", "id = parameter"],
    ["{ id: on ? x : null }", "(id = parameter | id is null)"],
    ["{ id: x ?? null }", "(id = parameter | id is null)"],
    ["{ id: on ? ids : x }", "(id in array | id = parameter)"],
    ["{ age: on ? { [Op.gt]: 1 } : 5 }", "(age > 1 | age = 5)"],
    // What the program assembles.
    ["{ a: x, ...(on && { b: y }) }", "(a = parameter and maybe[b = parameter])"],
    ["{ ...(on ? { a: x } : { b: y }) }", "(a = parameter | b = parameter)"],
    ["{ ...(on && { [Op.or]: [{ a: x }, { b: y }] }) }", "maybe[(a = parameter or b = parameter)]"],
    ["on ? { a: x } : {}", "maybe[a = parameter]"],
    ["{ [Op.and]: [{ a: x }, ...(on ? [{ b: y }] : [])] }", "(a = parameter and maybe[b = parameter])"],
    ["{ a: x, ...other }", "(a = parameter and opaque(unknown))"],
    ["{ [Op.or]: other }", "opaque(unknown)"],
    ["{ [Op.or]: ids.map((item) => ({ a: item })) }", "opaque(unknown)"],
    ["{ [other]: x }", "opaque(unknown)"],
    ["{ $gt: x }", "opaque(unknown)"],
    ["other", "opaque(unknown)"],
  ])("%s", (where, expected) => {
    expect(filterOf(where)).toBe(expected);
  });

  test.each([
    ["const where: any = {}; if (on) where.a = x;", "maybe[a = parameter]"],
    ["const where: any = { a: x }; where[Op.or] = [{ b: y }, { c: 1 }];", "(a = parameter and (b = parameter or c = 1))"],
    ["const where: any = {}; if (on) where[Op.or] = [{ b: y }, { c: 1 }];", "maybe[(b = parameter or c = 1)]"],
    ["const conditions: any[] = []; if (on) conditions.push({ a: x }); const where = { [Op.and]: conditions };", "maybe[a = parameter]"],
    ["const conditions: any[] = [{ b: y }]; if (on) conditions.push(literal('a = 1')); const where = conditions;", "(b = parameter and maybe[a = 1])"],
    ["const { or: either, gt } = Op; const where = { [either]: [{ a: { [gt]: 1 } }, { b: y }] };", "(a > 1 or b = parameter)"],
    ["const scope = { b: y }; const where = { a: x, ...scope };", "(a = parameter and b = parameter)"],
  ])("%s", (before, expected) => {
    expect(describe(only(`${before} await User.findAll({ where });`).where)).toBe(expected);
  });

  test("an empty OR and an empty NOT restrict nothing in release 7", () => {
    const code = (where: string): string => `import { Model, Op } from "@sequelize/core"; class Order extends Model {} await Order.findAll({ where: ${where} });`;
    const outlineOf = (where: string): string[] => sites(code(where), { "package.json": JSON.stringify({ name: "seven", dependencies: { "@sequelize/core": "7" } }) }).map(outline);
    expect(outlineOf("{ [Op.or]: [] }")).toEqual(["select Order, where nothing"]);
  });

  test("columns keep what stands around them", () => {
    const { where } = only("await User.findAll({ where: compare(fn('lower', col('user.email')), x) });");
    expect(where).toMatchObject({ op: "compare", column: { table: "user", name: "email", wrappers: [{ kind: "function", name: "lower", text: "lower(email)" }] } });
    expect(only("await User.findAll({ where: { 'meta.a.b': 1, c: 2 } });").where).toMatchObject({ items: [{ column: { property: true, name: "meta", wrappers: [{ kind: "json", path: "a,b" }] } }, { column: { property: true, wrappers: [] } }] });
  });

  test("an empty filter has a place, no filter has none", () => {
    expect(only("await User.update({ a: 1 }, { where: {} });").where).toHaveProperty("span");
    expect(only("await User.findAll();").where).not.toHaveProperty("span");
  });
});

group("methods", () => {
  test.each([
    ["findOne({ where: { id } })", "select User, where id = parameter, limit 1, delivers one"],
    ["findByPk(id, { include: [Post] })", "select User, where id = parameter, by unique key, delivers one"],
    ["findAndCountAll({ where: { x }, limit: 10 })", "select User, where x = parameter, limit 10"],
    ["findOrCreate({ where: { x }, defaults: {} })", "insert User, where nothing, rows one, conflict ignore"],
    ["findCreateFind({ where: { x } })", "insert User, where nothing, rows one, conflict ignore"],
    ["count()", "select User, where nothing, aggregate, delivers scalar"],
    ["count({ where: { x }, group: ['role'] })", "select User, where x = parameter"],
    ["sum('age', { where: { x } })", "select User, where x = parameter, aggregate, delivers scalar"],
    ["max('age')", "select User, where nothing, aggregate, delivers scalar"],
    ["aggregate('age', 'avg', { where: { x } })", "select User, where x = parameter, aggregate, delivers scalar"],
    ["findAll({ attributes: [[fn('COUNT', col('id')), 'n']], raw: true })", "select User, where nothing, aggregate"],
    ["bulkCreate(other, { updateOnDuplicate: ['a'] })", "insert User, where nothing, rows many, conflict update"],
    ["bulkCreate(other, { ignoreDuplicates: true })", "insert User, where nothing, rows many, conflict ignore"],
    ["upsert({ a: x })", "insert User, where nothing, rows one, conflict update"],
    ["destroy({ where: {} })", "delete User, where nothing"],
    ["destroy({ where: { x }, limit: 10 })", "delete User, where x = parameter, limit 10"],
    ["destroy({ truncate: true })", "truncate User, where nothing"],
    ["truncate()", "truncate User, where nothing"],
    ["restore()", "update User, where nothing"],
    ["increment('age', { where: { id } })", "update User, where id = parameter"],
    ["decrement({ age: 1 }, { by: 2, where: { id } })", "update User, where id = parameter"],
    // PostgreSQL's UPDATE has no LIMIT.
    ["update({ a: 1 }, { where: { x }, limit: 1 })", "update User, where x = parameter"],
    ["findAll(other)", "select User, where opaque(unknown), limit maybe"],
    ["findAll({ limit: null })", "select User, where nothing, limit none"],
    ["findAll({ ...(on && { limit: 5 }) })", "select User, where nothing, limit maybe"],
    ["findAll({ limit: other.limit, offset: 5 })", "select User, where nothing, limit parameter, offset 5"],
    ["destroy(other)", "delete User, where opaque(unknown)"],
  ])("%s", (call, expected) => {
    expect(outline(only(`await User.${call};`))).toBe(expected);
  });

  test.each(["update({ a: 1 })", "update({ a: 1 }, {})", "destroy()", "destroy({ where: undefined })", "increment('age')"])("%s fails before it sends anything", (call) => {
    expect(sequelizeSites(`await User.${call};`)).toEqual([]);
  });

  test("order, projection, groups, locks and assignments", () => {
    const read = only("await User.findAll({ attributes: ['id', ['name', 'title']], order: [['name', 'DESC'], 'age', [col('a'), 'ASC NULLS LAST'], [Post, 'title', 'ASC']], group: ['role', fn('lower', col('name'))], lock: true, skipLocked: true });");
    expect(read.projection.columns.map((column) => column.name)).toEqual(["id", "name"]);
    expect(read.orderBy).toMatchObject([{ column: { name: "name", property: true }, descending: "yes" }, { column: { name: "age" }, descending: "no" }, { column: { name: "a" }, nulls: "last" }, { descending: "unknown" }]);
    expect(read.groupBy.map((column) => column?.name)).toEqual(["role", "name"]);
    expect(read.locking).toEqual({ skipLocked: true });
    const write = only("await User.update({ name: x, count: literal('count + 1') }, { where: { id } });");
    expect(write.assignments).toMatchObject([{ column: { name: "name" }, operand: { kind: "parameter" } }, { column: { name: "count" }, operand: { kind: "expression" } }]);
  });

  test.each([
    ["lock: true", { skipLocked: false }],
    ["lock: Transaction.LOCK.UPDATE", { skipLocked: false }],
    ["lock: other", undefined],
    ["lock: on ? 'UPDATE' : undefined", undefined],
  ])("%s", (option, expected) => {
    expect(only(`await User.findOne({ ${option} });`).locking).toEqual(expected);
  });

  test.each([
    ["await User.findAll();", "await User.findAll({ limit: 100 });"],
    ["await User.findAll({ where: { x } });", "await User.findAll({ where: { x }, limit: 100 });"],
    ["await User.findAll({});", "await User.findAll({ limit: 100 });"],
    ["await User.findAll({ limit: undefined });", "await User.findAll({ limit: 100 });"],
    ["await User.findAll({ limit: other.limit });", "await User.findAll({ limit: other.limit ?? 100 });"],
    ["await User.findAll(other);", undefined],
  ])("%s is limited", (code, expected) => {
    const full = `${PRELUDE}\n${code}`;
    const edits = only(code).edits.limit?.(100);
    expect(edits && [...edits].reduce((text, { range, text: replacement }) => text.slice(0, range[0]) + replacement + text.slice(range[1]), full).slice(PRELUDE.length + 1)).toBe(expected);
  });
});

group("scopes", () => {
  test.each([
    ["User.scope('active').findAll()", "active = true"],
    ["User.scope('active', 'late').findAll({ where: { x } })", "(active = true and late = true and x = parameter)"],
    ["User.scope(['active', { method: ['of', id] }]).findAll()", "(active = true and teamId = parameter)"],
    ["User.scope({ method: ['of', id] }).findAll()", "teamId = parameter"],
    ["User.scope('active').scope('late').findAll()", "late = true"],
    ["User.scope({ where: { x } }).findAll()", "x = parameter"],
    ["User.scope(null).findAll()", "nothing"],
    ["User.unscoped().findAll()", "nothing"],
    ["User.scope('withPosts').findAll()", "Post.(title = a)"],
    ["User.scope('active').destroy()", "active = true"],
    ["User.scope('elsewhere').findAll()", "opaque(unknown)"],
    ["User.scope(other).findAll()", "opaque(unknown)"],
  ])("%s", (call, expected) => {
    expect(describe(only(`await ${call};`).where)).toBe(expected);
  });

  test("a scope may limit", () => {
    expect(outline(only("await User.scope('few').findAll();"))).toBe("select User, where nothing, limit 5");
    expect(outline(only("await User.scope('elsewhere').findAll({ limit: 3 });"))).toContain("limit 3");
  });

  test("the default scope applies unless it is taken off", () => {
    const define = "const Book = sequelize.define('book', {}, { defaultScope: { where: { shown: true } } });";
    expect(describe(only(`${define} await Book.findAll();`).where)).toBe("shown = true");
    expect(describe(only(`${define} await Book.unscoped().findAll();`).where)).toBe("nothing");
    expect(describe(only(`${define} await Book.scope("defaultScope").findAll();`).where)).toBe("shown = true");
  });

  test("decorators state scopes, also on a base class", () => {
    const files = {
      "src/base.ts": 'import { Model, Scopes, DeletedAt } from "sequelize-typescript";\n@Scopes(() => ({ ofTeam: (teamId: string) => ({ where: { teamId } }) }))\nexport class Base extends Model { @DeletedAt deletedAt: Date; }',
    };
    const code = 'import { DefaultScope, Table } from "sequelize-typescript"; import { Base } from "./base.js"; @DefaultScope(() => ({ where: { shown: true } })) @Table({ tableName: "books" }) class Book extends Base {}';
    expect(describe(only(`${code} await Book.findAll({ where: { x } });`, files).where)).toBe("(shown = true and x = parameter and deletedAt is null)");
    expect(describe(only(`${code} await Book.scope({ method: ["ofTeam", id] }).findAll();`, files).where)).toBe("(teamId = parameter and deletedAt is null)");
  });

  test("what a static method of the model gives back is followed", () => {
    expect(describe(only("class Team extends Model { static ofUser(userId) { return this.scope({ where: { userId } }); } } await Team.ofUser(id).findAll();").where)).toBe("userId = parameter");
  });
});

group("paranoid models", () => {
  test.each([
    ["findAll({ where: { x } })", "(x = parameter and deletedAt is null)"],
    ["findAll({ where: { x }, paranoid: false })", "x = parameter"],
    ["findAll()", "nothing"],
    ["destroy({ where: {} })", "nothing"],
    ["destroy({ where: { x } })", "(x = parameter and deletedAt is null)"],
    ["destroy({ where: { x }, force: true })", "x = parameter"],
    ["update({ a: 1 }, { where: { x } })", "(x = parameter and deletedAt is null)"],
    ["restore({ where: { x } })", "x = parameter"],
  ])("%s", (call, expected) => {
    expect(describe(only(`await Post.${call};`).where)).toBe(expected);
  });
});

group("included models", () => {
  test.each([
    ["[Post]", "nothing"],
    ["['posts']", "nothing"],
    ["[{ model: Post, where: { title: x } }]", "Post.(title = parameter)"],
    ["{ model: Post, as: 'posts', where: { title: x } }", "posts.(title = parameter)"],
    ["[{ model: Post, where: { title: x }, required: false }]", "nothing"],
    ["[{ model: Post, required: true }]", "nothing"],
    ["[{ model: Post, required: true, include: [{ model: User, where: { id } }] }]", "Post.(User.(id = parameter))"],
    ["[{ model: Post, include: [{ model: User, where: { id } }] }]", "nothing"],
    ["[{ association: 'posts', where: on ? { title: x } : {} }]", "maybe[posts.(title = parameter)]"],
    ["other", "opaque(unknown)"],
  ])("%s", (include, expected) => {
    expect(describe(only(`await User.findAll({ include: ${include} });`).where)).toBe(expected);
  });
});

group("rows", () => {
  test.each([
    ["await user.save();", "update User, where id = parameter, by unique key"],
    ["const made = new User({}); await made.save();", "insert User, where nothing, rows one"],
    ["await User.build({}).save();", "insert User, where nothing, rows one"],
    ["await user.update({ a: 1 });", "update User, where id = parameter, by unique key"],
    ["await user.destroy();", "delete User, where id = parameter, by unique key"],
    ["await user.reload();", "select User, where id = parameter, by unique key, delivers one"],
    ["await user.increment('age');", "update User, where id = parameter, by unique key"],
  ])("%s", (code, expected) => {
    expect(outline(only(code))).toBe(expected);
  });

  test.each([
    "const found = await User.findOne({ where: { x } }); await found.destroy();",
    "const found = await User.findByPk(id); if (found) await found.destroy();",
    "const [found] = await User.findOrCreate({ where: { x } }); await found.destroy();",
    "const { rows } = await User.findAndCountAll({ limit: 5 }); for (const row of rows) await row.destroy();",
    "const all = await User.findAll({ limit: 5 }); await Promise.all(all.map((row) => row.destroy()));",
    "for (const row of await User.findAll({ limit: 5 })) await row.destroy();",
    "async function drop(row: User) { await row.destroy(); }",
    "async function drop({ row }: { row: User }) { await row.destroy(); }",
    "User.prototype.drop = async function () { await this.destroy(); };",
  ])("%s", (code) => {
    expect(sequelizeSites(code).map(outline)).toContain("delete User, where id = parameter, by unique key");
  });

  test.each([
    ["await user.getPosts();", "select Post, where authorId = parameter"],
    ["await user.getPosts({ where: { x }, limit: 5 });", "select Post, where (authorId = parameter and x = parameter), limit 5"],
    ["await user.countPosts();", "select Post, where authorId = parameter, aggregate, delivers scalar"],
    ["await user.createPost({});", "insert Post, where nothing, rows one"],
    ["Post.belongsTo(User); async function f(post: Post) { await post.getUser(); }", "select User, where id = parameter, by unique key, delivers one"],
    ["import { HasMany, Model as M } from 'sequelize-typescript'; class Line extends M {} class Bill extends M { @HasMany(() => Line, 'billId') lines: Line[]; } async function f(bill: Bill) { await bill.$get('lines'); }", "select Line, where billId = parameter"],
  ])("%s", (code, expected) => {
    expect(sequelizeSites(code).map(outline)).toEqual([expected]);
  });

  test.each(["await user.getFullName();", "user.setName('a'); user.get('name'); user.addHook('x');", "class Team extends Model { getPosts() { return []; } } async function f(team: Team) { await team.getPosts(); }"])("%s is no association", (code) => {
    expect(sequelizeSites(code)).toEqual([]);
  });
});

group("models however they arise", () => {
  test.each([
    ["define", "const Order = sequelize.define('order', { a: DataTypes.STRING }); await Order.findAll();", "select order, where nothing"],
    ["a class that extends what define gives", "class Order extends sequelize.define('order', {}) {} await Order.findAll();", "select Order, where nothing"],
    ["a table by name", "const Order = sequelize.define('order', {}, { tableName: 'orders' }); await Order.findAll();", "select orders, where nothing"],
    ["the registry", "await sequelize.models.Order.findAll();", "select Order, where nothing"],
    ["the registry, destructured", "const { Order } = sequelize.models; await Order.findAll();", "select Order, where nothing"],
    ["model()", "await sequelize.model('Order').findAll();", "select Order, where nothing"],
    ["getRepository", "const users = sequelize.getRepository(User); await users.findAll();", "select User, where nothing"],
    ["a method under its own name", "const { findAll } = User; await findAll.call(User); await findAll();", "select User, where nothing"],
    ["this in a static method", "class Order extends Model { static recent() { return this.findAll({ limit: 5 }); } }", "select Order, where nothing, limit 5"],
    ["the class of an instance", "class Order extends Model { constructor() { super(); } siblings() { return (this.constructor as typeof Order).findAll({ limit: 5 }); } }", "select Order, where nothing, limit 5"],
    ["this in a function that is a field", "class Order extends Model { static recent = function () { return this.findAll({ limit: 5 }); }; }", "select Order, where nothing, limit 5"],
    ["super in a static method", "class Order extends Model { static findAll(options) { return super.findAll({ ...options, limit: 5 }); } } await Order.findAll();", "select Order, where opaque(unknown), limit 5"],
    ["this in a function that is assigned", "User.recent = function () { return this.findAll({ limit: 5 }); };", "select User, where nothing, limit 5"],
    ["an annotation", "async function f(users: typeof User) { return users.findAll(); }", "select User, where nothing"],
    ["a parameter that its callers fill", "async function f(model) { return model.findAll(); } f(User);", "select User, where nothing"],
  ])("%s", (_, code, expected) => {
    expect(sequelizeSites(code).map(outline)).toEqual([expected]);
  });

  test("factories by file, with the models listed by name", () => {
    const files = {
      ...USES,
      "src/models/order.js": 'module.exports = (sequelize, DataTypes) => { const Order = sequelize.define("Order", { id: { type: DataTypes.UUID, primaryKey: true } }, { tableName: "orders", paranoid: true }); Order.recent = () => Order.findAll({ limit: 5 }); return Order; };',
      "src/models/index.js": 'const Sequelize = require("sequelize"); const sequelize = new Sequelize(url); const db = {}; db.Order = require("./order")(sequelize, Sequelize.DataTypes); db.sequelize = sequelize; module.exports = db;',
    };
    expect(sites('const db = require("./models/index.js"); async function f() { await db.Order.findAll({ where: { a: 1 } }); await db.sequelize.query("SELECT 1"); }', files).map(outline)).toEqual(["select orders, where (a = 1 and deletedAt is null)", "select -, where nothing"]);
    expect(sites(files["src/models/order.js"], USES, "src/models/order.js").map(outline)).toEqual(["select orders, where nothing, limit 5"]);
  });

  test("classes in factories", () => {
    const code = 'const { Model } = require("sequelize"); module.exports = (sequelize, DataTypes) => { class Order extends Model { static associate(models) {} static recent() { return Order.findAll({ limit: 5 }); } } Order.init({}, { sequelize, modelName: "Order" }); return Order; };';
    expect(sites(code, USES).map(outline)).toEqual(["select Order, where nothing, limit 5"]);
  });

  test("a database object of the application", () => {
    const files = {
      ...USES,
      "src/database.js": 'const { Sequelize } = require("sequelize"); class Database { constructor() { this.sequelize = null; } get models() { return this.sequelize?.models || {}; } get userModel() { return this.models.user; } async connect() { this.sequelize = new Sequelize({ dialect: "sqlite" }); } } module.exports = new Database();',
    };
    expect(sites('const Database = require("./database.js"); Database.userModel.findAll(); Database.models.book.findOne({ where: { id } });', files).map(outline)).toEqual(["select user, where nothing", "select book, where id = parameter, limit 1, delivers one"]);
  });

  test.each([
    ["module.exports.list = (req) => req.context.models.User.findAll({ where: { x: 1 } });", ["select User, where x = 1"]],
    ["import { User } from '#app/models'; await User.update({ a: 1 }, { where: { id } });", ["update User, where id = parameter"]],
    ["module.exports = (models) => models.User.findByPk(1);", ["select User, where id = 1, by unique key, delivers one"]],
    ["module.exports = (User) => User.destroy({ where: {} });", ["delete User, where nothing"]],
    ["class Migrations { constructor(sequelize) { this.sequelize = sequelize; } run() { return this.sequelize.query('DELETE FROM meta'); } }", ["delete meta, where nothing"]],
    // Nothing but a name.
    ["class Migrations { run() { return this.sequelize.query('what'); } }", []],
    ["class Migrations { run() { return this.connection.query('DELETE FROM meta'); } }", []],
    ["module.exports = (User) => User.findOne({ id: 1 });", []],
    ["module.exports = (service) => service.findAll();", []],
    ["module.exports = (User) => User.create({ a: 1 });", []],
    ["module.exports = (User) => User.findAll({ filter: 1 });", []],
    ["module.exports = (cache) => cache.destroy({ where: 1 });", []],
    ["import { Cat } from 'zoo'; Cat.findAll();", []],
  ])("by its shape, in a package that uses Sequelize: %s", (code, expected) => {
    expect(sites(code, USES).map(outline)).toEqual(expected);
  });

  test.each([{ dependencies: {} }, { dependencies: { sequelize: "6", mongoose: "8" } }, { dependencies: { sequelize: "6", typeorm: "1" } }])("not by its shape where another library has it: %o", (manifest) => {
    expect(sites("module.exports = (User) => User.findAll({ where: { x: 1 } });", { "package.json": JSON.stringify({ name: "a", ...manifest }) })).toEqual([]);
  });
});

group("raw statements", () => {
  test.each([
    ["sequelize.query('SELECT * FROM orders WHERE id = :id', { replacements: { id } })", "select orders, where id = parameter"],
    ["sequelize.query('SELECT * FROM orders WHERE id = ?', { replacements: [id] })", "select orders, where id = parameter"],
    ["sequelize.query('SELECT * FROM orders WHERE id = $1', { bind: [id], type: QueryTypes.SELECT })", "select orders, where id = parameter"],
    ["sequelize.query('SELECT * FROM orders WHERE id = $id', { bind: { id } })", "select orders, where id = parameter"],
    ["sequelize.query('SELECT * FROM orders WHERE id IN (:ids)', { replacements: { ids } })", "select orders, where id in array"],
    ["sequelize.query({ query: 'SELECT * FROM orders WHERE id = ?', values: [id] })", "select orders, where id = parameter"],
    ["sequelize.query('SELECT * FROM orders LIMIT 1', { plain: true })", "select orders, where nothing, limit 1, delivers one-unlimited"],
    ["sequelize.query('DELETE FROM orders')", "delete orders, where nothing"],
    ["User.sequelize.query('DELETE FROM orders')", "delete orders, where nothing"],
    ["sequelize.query(`UPDATE orders SET a = 1 WHERE ${other}`)", "update orders, where opaque(unknown), limit maybe"],
    ["sequelize.query(other)", "opaque dynamic-text"],
  ])("%s", (call, expected) => {
    expect(sequelizeSites(`await ${call};`).map(outline)).toEqual([expected]);
  });

  test("a branch that is there only sometimes has its own conditions always", () => {
    const { branches = [] } = only("const parts: string[] = []; if (on) parts.push('SELECT a FROM x WHERE id IN (:ids) AND b = 1'); if (x) parts.push('SELECT a FROM y WHERE c = :c'); await sequelize.query(parts.join(' UNION ALL '), { replacements: { ids } });");
    expect(branches.map(({ where }) => describe(where))).toEqual(["(id in array and b = 1)", "c = parameter"]);
  });
});
