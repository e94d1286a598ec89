import { describe as group, expect, it } from "vitest";
import { outline, sites } from "./harness.js";

const FILES = { "package.json": JSON.stringify({ name: "example", dependencies: { "@mikro-orm/core": "^7.1.0", "@mikro-orm/postgresql": "^7.1.0" } }) };
const PRELUDE = `
  import { Collection, EntityManager, EntityRepository, EntitySchema, MikroORM, RequestContext, defineEntity } from "@mikro-orm/postgresql";
  import { Entity, Filter, ManyToOne, OneToMany, PrimaryKey, Property } from "@mikro-orm/core";
  @Entity() class Author { @PrimaryKey() id!: number; @Property() name!: string; @OneToMany(() => Book, (book) => book.author) books = new Collection<Book>(this); }
  @Entity() class Book { @PrimaryKey() id!: number; @ManyToOne(() => Author) author!: Author; @Property() title!: string; }
  @Entity() @Filter({ name: "tenant", cond: { tenant: 1 }, default: true }) class Invoice { @PrimaryKey() id!: number; }
  declare const em: EntityManager; declare const id: number; declare const ids: number[]; declare const title: string;
`;
const outlines = (code: string, files: Readonly<Record<string, string>> = {}): readonly string[] => sites(`${PRELUDE}\n${code}`, { ...FILES, ...files }).map(outline);

group("filters", () => {
  it.each([
    ["{ author: id }", "author = parameter"],
    ["{ author: { id } }", "author = parameter"],
    ["{ author: { name: title } }", "author.(name = parameter)"],
    ["{ author: ids }", "author in array"],
    ["ids", "id in array"],
    ["{ id: { $gte: 1, $lt: id } }", "(id >= 1 and id < parameter)"],
    ["{ id: { $in: [] } }", "always false"],
    ["{ title: undefined }", "title is null"],
    ["{ title: { $ne: null } }", "title is not null"],
    ["{ title: { $exists: false } }", "title is null"],
    ["{ title: { $like: 'A%' } }", "title like 'A…'"],
    ["{ title: { $ilike: title } }", "title ilike ?"],
    ["{ $or: [] }", "always false"],
    ["{ $and: [] }", "nothing"],
    ["{ $not: { title } }", "not title = parameter"],
    ["{ $or: [{ title }, {}] }", "nothing"],
    ["{ title: /a/ }", "title ~"],
  ])("%s", (where, expected) => {
    expect(outlines(`await em.find(Book, ${where});`)).toEqual([`select Book, where ${expected}`]);
  });
  it("reads a filter on related rows of a list", () => {
    expect(outlines("await em.find(Author, { books: { $some: { title } } });")).toEqual(["select Author, where exists books (title = parameter)"]);
  });
  it("counts a filter that the entity always has", () => {
    expect(outlines("await em.nativeDelete(Invoice, {});")).toEqual(["delete Invoice, where opaque(yes)"]);
    expect(outlines("await em.nativeDelete(Invoice, {}, { filters: false });")).toEqual(["delete Invoice, where opaque(unknown)"]);
  });
});

group("receivers", () => {
  it.each([
    ["a container that is asked for a type", "const x = container.resolve<EntityManager>('em'); await x.find(Book, {});"],
    ["a cast", "const x = (container.resolve('em') as EntityManager).fork(); await x.find(Book, {});"],
    ["the request context", "await RequestContext.getEntityManager()!.find(Book, {});"],
    ["a repository of a manager", "await em.getRepository(Book).findAll();"],
    ["a custom repository", "class Books extends EntityRepository<Book> { all() { return this.find({}); } }"],
    ["the manager of a custom repository", "class Books extends EntityRepository<Book> { all() { return this.em.find(Book, {}); } }"],
    ["an injected repository", "import { InjectRepository } from '@mikro-orm/nestjs'; class Service { constructor(@InjectRepository(Book) private readonly books: EntityRepository<Book>) {} all() { return this.books.findAll(); } }"],
    ["an entity schema", "const Books = new EntitySchema({ name: 'Book' }); await em.find(Books, {});"],
    ["a defined entity", "const Books = defineEntity({ name: 'Book', properties: {} }); await em.find(Books, {});"],
  ])("%s", (_, code) => {
    expect(outlines(code)).toEqual(["select Book, where nothing"]);
  });
  it("is silent where documents are stored", () => {
    expect(outlines("await em.find(Book, {});", { "package.json": JSON.stringify({ name: "example", dependencies: { "@mikro-orm/core": "7", "@mikro-orm/mongodb": "7" } }) })).toEqual([]);
  });
  it("reads CommonJS", () => {
    const code = "const { MikroORM } = require('@mikro-orm/postgresql');\nasync function run() { const orm = await MikroORM.init({}); await orm.em.nativeDelete('Book', {}); }";
    expect(sites(code, FILES).map(outline)).toEqual(["delete Book, where nothing"]);
  });
});

group("what is not read", () => {
  it.each(["await em.flush();", "await em.persist(new Book()).flush();", "await em.createQueryBuilder(Book, 'b').where({ title }).getResultList();"])("%s", (code) => {
    expect(outlines(code)).toEqual(["opaque unmodelled-call"]);
  });
});

group("the limit that is suggested", () => {
  it.each([
    ["em.find(Book, {})", "em.find(Book, {}, { limit: 10 })"],
    ["em.findAll(Book)", "em.findAll(Book, { limit: 10 })"],
    ["em.getRepository(Book).findAll()", "em.getRepository(Book).findAll({ limit: 10 })"],
    ["em.find(Book, {}, { orderBy: { id: 'asc' } })", "em.find(Book, {}, { orderBy: { id: 'asc' }, limit: 10 })"],
  ])("%s", (code, expected) => {
    const text = `${PRELUDE}\n${code};`;
    const [site] = sites(text, FILES);
    const edits = site && "edits" in site ? (site.edits.limit?.(10) ?? []) : [];
    const [edit] = edits;
    expect(edit && `${text.slice(0, edit.range[0])}${edit.text}${text.slice(edit.range[1])}`.trimEnd().split("\n").at(-1)).toBe(`${expected};`);
  });
});
