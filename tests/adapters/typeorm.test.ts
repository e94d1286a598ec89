import { describe as group, expect, test } from "vitest";
import { isOpaque, type Query } from "../../src/query/model.js";
import { describe, outline, sites } from "./harness.js";

const PRELUDE = `
  import { And, Between, Brackets, DataSource, Entity, EntityManager, EntitySchema, Equal, getCustomRepository, getManager, getRepository, ILike, In, IsNull, LessThan, Like, ManyToOne, MoreThanOrEqual, Not, NotBrackets, Or, Column, PrimaryColumn, PrimaryGeneratedColumn, QueryRunner, Raw, Repository, SelectQueryBuilder, ArrayContains, BaseEntity, AbstractRepository } from "typeorm";
  import { InjectDataSource, InjectEntityManager, InjectRepository } from "@nestjs/typeorm";
  class Address { @Column() city: string }
  class Base { @PrimaryGeneratedColumn() uid: string }
  @Entity() class Team extends Base {}
  @Entity("people") class User extends Base { @ManyToOne(() => Team) team: Team; @Column(() => Address) address: Address; @Column() email: string }
  declare const users: Repository<User>, dataSource: DataSource, manager: EntityManager;
  declare const id: string, ids: string[], x: string, on: boolean, user: { id: string } | undefined, other: any;
`;
const manifest = (typeorm: string) => ({ "package.json": JSON.stringify({ name: "example", dependencies: { typeorm, pg: "8" } }) });

function all(code: string, version = "^0.3.28", files: Readonly<Record<string, string>> = {}) {
  return sites(`${PRELUDE}\n${code}`, { ...manifest(version), ...files }).filter((site) => site.site.library === "typeorm");
}

const answers = (code: string, files?: Readonly<Record<string, string>>) => all(code, "^0.3.28", files).map(outline);

function only(code: string, version?: string): Query {
  const [site, ...others] = all(code, version);
  if (!site || isOpaque(site) || others.length > 0) throw new Error(`not one query: ${code}`);
  return site;
}

group("receivers", () => {
  const one = "select User, where nothing";
  test.each([
    ["getRepository of the package", "getRepository(User).find();", one],
    ["getRepository of a manager", "getManager().getRepository(User).find();", one],
    ["a repository by the name of its entity", 'dataSource.getRepository("User").find();', one],
    ["an entity schema", 'const UserSchema = new EntitySchema({ name: "User" }); dataSource.getRepository(UserSchema).find();', one],
    ["the manager of a data source", "dataSource.manager.find(User);", one],
    ["the manager of a query runner", "const runner = dataSource.createQueryRunner(); runner.manager.find(User);", one],
    ["a transaction with an isolation level", 'dataSource.transaction("SERIALIZABLE", async (tx) => { await tx.find(User); });', one],
    ["a transaction of a manager", "manager.transaction(async (tx) => { await tx.getRepository(User).find(); });", one],
    ["injection by type", "class S { constructor(@InjectRepository(User) private readonly rows: Repository<User>) {} all() { return this.rows.find(); } }", one],
    ["injection with a type of the project", "interface Rows { find(): unknown } class S { constructor(@InjectRepository(User) private readonly rows: Rows) {} all() { return this.rows.find(); } }", one],
    ["injection without a type", "class S { constructor(@InjectRepository(User) rows) { this.rows = rows; } all() { return this.rows.find(); } }", one],
    ["injection into a field", "class S { @InjectRepository(User) rows; all() { return this.rows.find(); } }", one],
    ["an injected manager", "class S { constructor(@InjectEntityManager() private em) {} all() { return this.em.find(User); } }", one],
    ["an injected data source", "class S { constructor(@InjectDataSource() private db) {} all() { return this.db.getRepository(User).find(); } }", one],
    ["a repository class", "class Users extends Repository<User> { all() { return this.find(); } }", one],
    ["a repository class, from outside", "class Users extends Repository<User> {} class S { constructor(private users: Users) {} all() { return this.users.find(); } }", one],
    ["a repository class that overrides the method", "class Users extends Repository<User> { find() { return super.find(); } } declare const rows: Users; rows.find();", one],
    ["a repository class that is told its entity", "class Users extends Repository<any> { constructor(db: DataSource) { super(User, db.createEntityManager()); } all() { return this.find(); } }", one],
    ["a repository class that is injected", "class Users extends Repository<User> {} class S { constructor(@InjectRepository(Users) private rows) {} all() { return this.rows.find(); } }", one],
    ["a custom repository", "class Users extends Repository<User> {} getCustomRepository(Users).find();", one],
    ["an abstract repository", "class Users extends AbstractRepository<User> { all() { return this.repository.find(); } }", one],
    ["an extended repository", "const Users = dataSource.getRepository(User).extend({ all() { return this.find(); } });", one],
    ["an alias of the type", "type Users = Repository<User>; function f(rows: Users) { return rows.find(); }", one],
    ["a generic base class", "class Crud<T> { constructor(protected rows: Repository<T>) {} } class S extends Crud<User> { all() { return this.rows.find(); } }", one],
    ["a function that gives a repository", "class C { repo<T>(ctx: unknown, target: new () => T): Repository<T> { return make(target); } } declare const c: C; c.repo(1, User).find();", one],
    ["a container", "class Users extends Repository<User> {} injector.get(Users).find();", one],
    ["an active record", "class Post extends BaseEntity {} Post.find();", "select Post, where nothing"],
    ["an active record, from itself", "class Post extends BaseEntity { static all() { return this.find(); } }", "select Post, where nothing"],
    ["a detached method", "const { find } = users; find();", one],
  ])("%s", (_, code, expected) => {
    expect(answers(code)).toEqual([expected]);
  });

  test("rows of an active record", () => {
    expect(answers("class Post extends BaseEntity {} const post = await Post.findOneBy({ id }); await post.remove(); for (const one of await Post.find()) await one.save();")).toEqual([
      "select Post, where id = parameter, limit 1, delivers one",
      "delete Post, where id = parameter, by unique key",
      "select Post, where nothing",
      "insert Post, where nothing, rows one, conflict update",
    ]);
  });

  test("an entity that is chosen at run time", () => {
    const [parameter, base] = [all("function f(target: Type) { return manager.find(target); }")[0], all("class Crud<T> { constructor(protected rows: Repository<T>) {} all() { return this.rows.find(); } }")[0]];
    const table = (site: typeof parameter) => (site && !isOpaque(site) && site.sources[0]?.kind === "table" ? site.sources[0].table : undefined);
    expect(table(parameter)).toMatchObject({ dynamic: true, chosenBy: [{ name: "target" }] });
    expect(table(base)).toMatchObject({ dynamic: true, chosenBy: [] });
  });

  test.each([
    ["a member of a row", "const post = await users.findOne({ where: { id } }); post.tags.find((tag) => tag); post.save();"],
    ["rows", "const rows = await users.find({ take: 1 }); rows.find((row) => row.id === id);"],
    ["methods that send nothing", "users.create({}); users.merge(user, {}); users.hasId(user); manager.getRepository(User); users.metadata;"],
    ["a repository of MongoDB", 'import { MongoRepository } from "typeorm"; declare const docs: MongoRepository<User>; docs.find();'],
    ["another library's repository", 'import { Repository as Rows } from "other-orm"; declare const rows: Rows<User>; rows.find();'],
    ["a builder of another library", 'import { em } from "@mikro-orm/core"; em.fork().qb(User).getResult(); knex("users").insert({}).execute();'],
  ])("are not found in %s", (_, code) => {
    expect(answers(code).filter((answer) => !answer.includes("limit 1"))).toEqual([]);
  });
});

group("filters of find options", () => {
  const filterOf = (where: string, version?: string) => describe(only(`users.find({ where: ${where} });`, version).where);
  test.each([
    ["{ email: x }", "email = parameter"],
    ["{ email: Equal(x), age: 3 }", "(email = parameter and age = 3)"],
    ["{ email: Not(x) }", "email <> parameter"],
    ["{ email: Not(IsNull()) }", "email is not null"],
    ["{ email: Not(In(ids)) }", "email not in array"],
    ["{ email: In([x, id]) }", "email in list"],
    ["{ email: In([]) }", "always false"],
    ["{ email: Not(In([])) }", "always true"],
    ["{ age: LessThan(3) }", "age < 3"],
    ["{ age: And(MoreThanOrEqual(3), LessThan(9)) }", "(age >= 3 and age < 9)"],
    ["{ age: Or(LessThan(3), IsNull()) }", "(age < 3 or age is null)"],
    ["{ age: Between(1, 2) }", "age between"],
    ["{ email: Like('ab%') }", "email like 'ab…'"],
    ["{ email: Not(ILike('%ab')) }", "email not ilike '…'"],
    ["{ tags: ArrayContains(ids) }", "tags @>"],
    ["{ at: Raw((alias) => `${alias} > NOW()`) }", "at > expression"],
    ["{ at: Raw((alias) => `lower(${alias}) = :x`, { x }) }", "at = parameter"],
    ["{ team: { uid: x } }", "team.(uid = parameter)"],
    ["{ team: {} }", "nothing"],
    ["{ team: In(ids) }", "team in array"],
    ["{ address: { city: x } }", "address.city = parameter"],
    ["[{ email: x }, { age: 3 }]", "(email = parameter or age = 3)"],
    ["[{ email: x }, {}]", "email = parameter"],
    ["[]", "nothing"],
    ["{}", "nothing"],
    ["undefined", "nothing"],
    ["{ email: undefined }", "nothing"],
    ["{ email: null }", "nothing"],
    ["{ email: user?.id }", "unless undefined[email = parameter]"],
    ["{ ...(on && { email: x }) }", "maybe[email = parameter]"],
    ["{ email: on ? In(ids) : undefined }", "maybe[email in array]"],
    ["on ? { email: x } : { age: 3 }", "(email = parameter | age = 3)"],
    ["{ email: x, ...other }", "(email = parameter and opaque(unknown))"],
    ["other", "opaque(unknown)"],
  ])("%s: %s", (where, expected) => {
    expect(filterOf(where)).toBe(expected);
  });

  test.each([
    ["0.2.45", "nothing", "unless undefined[email = parameter]"],
    ["~0.3.0", "nothing", "unless undefined[email = parameter]"],
    [">=1.0.0", "email = null", "email = parameter"],
    ["^1", "email = null", "email = parameter"],
    ["latest", "opaque(unknown)", "unless undefined[email = parameter]"],
  ])("of a value that is undefined in %s", (version, written, possible) => {
    expect(filterOf("{ email: undefined }", version)).toBe(written);
    expect(filterOf("{ email: user?.id }", version)).toBe(possible);
  });

  test("where the release is not known, neither is what is dropped", () => {
    const { where } = only("users.find({ where: { email: user?.id } });", "workspace:*");
    expect(where).toMatchObject({ op: "optional", droppable: "unknown" });
  });
});

group("calls", () => {
  test.each([
    ["users.find({ take: 5, skip: 10 });", "select User, where nothing, limit 5, offset 10"],
    ["users.find({ take: undefined });", "select User, where nothing, limit none"],
    ["users.find(other);", "select User, where opaque(unknown), limit maybe"],
    ["users.findBy({ id: In(ids) });", "select User, where id in array"],
    ["users.findAndCount({ take: 5 });", "select User, where nothing, limit 5"],
    ["users.findByIds(ids);", "select User, where uid in array"],
    ["users.findOneOrFail({ where: { id } });", "select User, where id = parameter, limit 1, delivers one"],
    ["users.findOne(id);", "select User, where uid = parameter, limit 1, delivers one"],
    ["users.findOne({ email: x });", "select User, where email = parameter, limit 1, delivers one"],
    ["users.countBy({ email: x });", "select User, where email = parameter, aggregate, delivers scalar"],
    ["users.sum('age', { email: x });", "select User, where email = parameter, aggregate, delivers scalar"],
    ["users.exists({ where: { id } });", "select User, where id = parameter, aggregate, delivers scalar"],
    ["users.save({ email: x });", "insert User, where nothing, rows one, conflict update"],
    ["users.save([{ email: x }]);", "insert User, where nothing, rows many, conflict update"],
    ["users.insert(ids.map((email) => ({ email })));", "insert User, where nothing, rows many"],
    ["users.upsert({ email: x }, ['email']);", "insert User, where nothing, rows one, conflict update"],
    ["users.remove(user);", "delete User, where uid = parameter, by unique key"],
    ["users.update(id, { email: x });", "update User, where uid = parameter, by unique key"],
    ["users.update({ email: x }, { email: '' });", "update User, where email = parameter"],
    ["users.delete(ids);", "delete User, where uid in array"],
    ["users.delete([id, x]);", "delete User, where uid in list"],
    ["users.delete({ id: In(ids) });", "delete User, where id in array"],
    ["users.delete({ id: undefined });", "delete User, where id = null"],
    ["users.delete({ id: user?.id });", "delete User, where id = parameter"],
    ["users.delete([]);", "delete User, where always false"],
    ["users.delete(undefined);", "delete User, where always false"],
    ["users.delete(other);", "delete User, where opaque(yes)"],
    ["users.softDelete({ email: x });", "update User, where email = parameter"],
    ["users.increment({ id }, 'age', 1);", "update User, where id = parameter"],
    ["users.clear();", "truncate User, where nothing"],
    ["users.deleteAll();", "delete User, where nothing"],
    ["manager.find(User, { where: { id }, take: 1 });", "select User, where id = parameter, limit 1"],
    ["manager.delete(User, { email: x });", "delete User, where email = parameter"],
    ["manager.save(new User());", "insert User, where nothing, rows one, conflict update"],
    ["manager.save(User, { email: x });", "insert User, where nothing, rows one, conflict update"],
    ["manager.save(manager.create(User, { email: x }));", "insert User, where nothing, rows one, conflict update"],
    ["manager.query('SELECT * FROM people WHERE uid = $1', [id]);", "select people, where uid = parameter"],
    ["dataSource.sql`SELECT * FROM people WHERE uid = ${id}`;", "select people, where uid = parameter"],
    ["users.query('DELETE FROM people');", "delete people, where nothing"],
  ])("%s: %s", (code, expected) => {
    expect(answers(code)).toEqual([expected]);
  });

  test.each([
    ["^0.3.20", "delete User, where nothing"],
    ["0.3.23", "delete User, where always false"],
    ["^1.0.0", "delete User, where always false"],
    ["*", "delete User, where opaque(unknown)"],
  ])("delete({}) in %s", (version, expected) => {
    expect(outline(only("users.delete({});", version))).toBe(expected);
  });

  test("conditional criteria are rejected when they are empty", () => {
    expect(outline(only("users.delete({ ...(on && { email: x }) });"))).toBe("delete User, where email = parameter");
    expect(outline(only("users.delete({ ...(on && { email: x }) });", "0.3.12"))).toBe("delete User, where maybe[email = parameter]");
  });

  test("deletes of every row by name are meant", () => {
    expect(["users.clear();", "users.deleteAll();", "users.updateAll({ email: x });"].map((code) => only(code).wholeTableByName)).toEqual([true, true, true]);
  });

  test.each([
    ["users.find();", "users.find({ take: 100 });"],
    ["users.find({ where: { email: x } });", "users.find({ where: { email: x }, take: 100 });"],
    ["manager.find(User);", "manager.find(User, { take: 100 });"],
  ])("the limit of %s", (code, expected) => {
    const text = `${PRELUDE}\n${code}`;
    const [edit] = only(code).edits.limit?.(100) ?? [];
    if (!edit) throw new Error("no edit");
    expect((text.slice(0, edit.range[0]) + edit.text + text.slice(edit.range[1])).endsWith(expected)).toBe(true);
  });
});

group("query builders", () => {
  const built = (chain: string) => outline(only(`users.createQueryBuilder("u")${chain};`));
  test.each([
    ['.getMany()', "select User, where nothing"],
    ['.where("u.email = :x", { x }).getOne()', "select User, where email = parameter, delivers one-unlimited"],
    ['.where("u.email = :x").setParameter("x", "a").getMany()', "select User, where email = a"],
    ['.where("u.email = :x AND u.age > :age").setParameters({ x, age: 3 }).getMany()', "select User, where (email = parameter and age > 3)"],
    ['.where("u.id IN (:...ids)", { ids }).getMany()', "select User, where id in array"],
    ['.where("u.email = :a").where("u.age = 1").getMany()', "select User, where age = 1"],
    ['.where("u.a = 1").orWhere("u.b = 2").andWhere("u.c = 3").getMany()', "select User, where (a = 1 or (b = 2 and c = 3))"],
    ['.orWhere("u.a = 1").getMany()', "select User, where a = 1"],
    ['.where(new Brackets((qb) => { qb.where("u.a = 1").orWhere("u.b = 2"); })).andWhere("u.c = 3").getMany()', "select User, where ((a = 1 or b = 2) and c = 3)"],
    ['.where(new NotBrackets((qb) => qb.where("u.a = 1"))).getMany()', "select User, where not a = 1"],
    ['.where({ email: x, age: LessThan(3) }).getMany()', "select User, where (email = parameter and age < 3)"],
    ['.where({ email: undefined }).getMany()', "select User, where email = null"],
    ['.whereInIds(ids).getMany()', "select User, where uid in array"],
    ['.where(`u.email = ${other}`).getMany()', "select User, where email = parameter"],
    ['.where("u.at > \'2020-01-01 10:30:00\'").getMany()', "select User, where at > 2020-01-01 10:30:00"],
    ['.where("u.at::date = :x", { x }).getMany()', "select User, where at = parameter"],
    ['.limit(5).offset(10).getMany()', "select User, where nothing, limit 5, offset 10"],
    ['.take(undefined).getMany()', "select User, where nothing, limit none"],
    ['.select("COUNT(*)", "n").getRawOne()', "select User, where nothing, aggregate, delivers one-unlimited"],
    ['.getCount()', "select User, where nothing, aggregate, delivers scalar"],
    ['.take(5).getCount()', "select User, where nothing, aggregate, delivers scalar"],
    ['.getExists()', "select User, where nothing, aggregate, delivers scalar"],
    ['.stream()', "select User, where nothing, delivers stream"],
    ['.setFindOptions({ where: { email: x }, take: 3 }).getMany()', "select User, where email = parameter, limit 3"],
    ['.delete().where("email = :x", { x }).execute()', "delete User, where email = parameter"],
    ['.delete().execute()', "delete User, where nothing"],
    ['.update().set({ email: x }).where("id = :id", { id }).execute()', "update User, where id = parameter"],
    ['.softDelete().where("id = :id", { id }).execute()', "update User, where id = parameter"],
    ['.insert().values([{ email: x }]).orIgnore().execute()', "insert User, where nothing, rows many, conflict ignore"],
    ['.relation(User, "team").of(id).set(x)', "select User, where nothing, built"],
    ['.where((qb) => "u.team IN " + qb.subQuery().select("t.uid").from(Team, "t").where("t.open = true").getQuery()).getMany()', "select User, where team in subquery"],
    ['.andWhere(other).getMany()', "select User, where opaque(unknown)"],
    ['.addSomething(other).getMany()', "select User, where opaque(unknown), limit maybe"],
  ])("%s: %s", (chain, expected) => {
    expect(built(chain)).toBe(expected);
  });

  test.each([
    ["dataSource.createQueryBuilder(User, 'u').where('u.email = :x', { x }).getMany();", "select User, where email = parameter"],
    ["dataSource.createQueryBuilder().select('u').from(User, 'u').where('u.email = :x', { x }).getMany();", "select User, where email = parameter"],
    ["dataSource.createQueryBuilder().select('*').from('people', 'p').getRawMany();", "select people, where nothing"],
    ["dataSource.createQueryBuilder().insert().into(User).values({ email: x }).execute();", "insert User, where nothing, rows one"],
    ["manager.createQueryBuilder().update(User).set({ email: x }).execute();", "update User, where nothing"],
    ["manager.createQueryBuilder().delete().from(User).where('email = :x', { x }).execute();", "delete User, where email = parameter"],
  ])("%s: %s", (code, expected) => {
    expect(answers(code)).toEqual([expected]);
  });

  test("properties are told from columns", () => {
    const { where } = only('users.createQueryBuilder("user").where("user.firstName = :x AND is_admin = true", { x }).getMany();');
    expect(where).toMatchObject({ op: "and", items: [{ column: { table: "user", name: "firstName", property: true } }, { column: { name: "is_admin" } }] });
    expect(only('users.createQueryBuilder().delete().where("firstName = :x", { x }).execute();').where).toMatchObject({ column: { property: true } });
  });

  test("spans lead to the text", () => {
    const code = 'users.createQueryBuilder("user").where("user.age > 3 AND user.firstName = :x", { x }).getMany();';
    const { where } = only(code);
    const last = where.op === "and" ? where.items[1] : undefined;
    const span = last && "span" in last ? last.span : undefined;
    expect(`${PRELUDE}\n${code}`.slice(span?.start, span?.end)).toBe("user.firstName = :x");
  });

  test("joins lead to the entity of the relation", () => {
    const { sources } = only('users.createQueryBuilder("u").innerJoin("u.team", "t").leftJoin(Team, "s", "s.uid = u.teamId").where("t.open = true").getMany();');
    expect(sources.map((source) => source.kind === "table" && [source.table.model, source.table.alias, source.join?.type])).toEqual([
      ["User", "u", undefined],
      ["Team", "t", "inner"],
      ["Team", "s", "left"],
    ]);
  });

  test("a sub-query that stands in another builder is a part of the statement", () => {
    const [query, ...others] = all('const inner = manager.createQueryBuilder(Team, "t").select("t.uid").where("t.name = :x", { x }); users.createQueryBuilder("u").where("u.team IN (" + inner.getQuery() + ")").getMany();');
    if (!query || isOpaque(query)) throw new Error("not read");
    expect([outline(query), others.length]).toEqual(["select User, where team in subquery", 0]);
    expect(query.subqueries.map(({ statement, role }) => [describe(statement.where), role])).toEqual([["name = parameter", "in"]]);
  });

  test.each([
    ["a condition under an if", 'if (on) qb.andWhere("u.a = 1");', "maybe[a = 1]"],
    ["one of two conditions", 'if (on) { qb.andWhere("u.a = 1"); } else { qb.andWhere("u.b = 2"); }', "(a = 1 | b = 2)"],
    ["a condition in a loop", 'for (const word of ids) qb.andWhere("u.a = :word", { word });', "maybe[a = parameter]"],
    ["a where that replaces", 'qb.where("u.a = 1"); qb.where("u.b = 2");', "b = 2"],
    ["assigned anew", 'qb = qb.andWhere("u.a = 1");', "a = 1"],
    ["a helper of the project", "restrict(qb, x);", "a = parameter"],
    ["a helper that gives it back", "qb = restrict(qb, x);", "a = parameter"],
    ["a helper of a package", "paginate(qb);", "opaque(unknown)"],
    ["a copy", 'const copy = qb.clone(); copy.andWhere("u.a = 1");', "nothing"],
    ["what comes after", "", "nothing"],
  ])("over statements: %s", (_, statements, expected) => {
    const code = `
      function restrict(builder: SelectQueryBuilder<User>, value: string) { return builder.andWhere("u.a = :value", { value }); }
      async function f() {
        let qb = users.createQueryBuilder("u");
        ${statements}
        const rows = await qb.getMany();
        qb.andWhere("u.late = 1");
        return rows;
      }`;
    expect(describe(only(code).where)).toBe(expected);
  });

  test("a builder that a function returns", () => {
    expect(answers('class S { base() { return users.createQueryBuilder("u").where("u.a = 1"); } all() { return this.base().andWhere("u.b = 2").getMany(); } }')).toEqual([
      "select User, where (a = 1 and opaque(unknown)), limit maybe, unknown",
      "select User, where (a = 1 and b = 2)",
    ]);
  });

  test("a builder whose beginning is out of sight", () => {
    expect(answers('function f(qb: SelectQueryBuilder<User>) { return qb.andWhere("qb.a = 1").getMany(); }')).toEqual(["select User, where (a = 1 and opaque(unknown)), limit maybe"]);
  });

  test("the shape of a chain, in a package that uses TypeORM", () => {
    const code = 'function f(anything) { return anything.createQueryBuilder("u").where("u.a = 1").getMany(); }';
    expect(answers(code)).toHaveLength(1);
    expect(sites(code, { "package.json": JSON.stringify({ dependencies: { "@mikro-orm/core": "6" } }) })).toEqual([]);
  });
});
