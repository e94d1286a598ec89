/** The command line itself: help, exit codes, addresses that are none. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { describeFailure, withoutSecrets } from "../../src/cli/database/failures.js";
import { readAddress, secretsOf } from "../../src/cli/database/address.js";
import { cli, temporaryFolder } from "./support.js";

const folder = temporaryFolder();
afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("query-guard", () => {
  it.each([[[]], [["--help"]], [["help"]], [["snapshot", "--help"]], [["help", "snapshot"]]])("explains itself: %j", async (args) => {
    const { code, out, err } = await cli(folder, args);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^Usage: query-guard /u);
    expect(out).toContain(args.includes("snapshot") ? "--no-rows" : "snapshot [options] [url]");
  });

  it("says its version", async () => {
    const { version }: { version: string } = JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, "../../package.json"), "utf8"));
    expect(await cli(folder, ["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });

  it.each([
    [["snapsot"], /unknown command 'snapsot'/u],
    [["snapshot", "--colour"], /unknown option '--colour'/u],
    [["snapshot", "a.db", "b.db"], /too many arguments/u],
    [["snapshot", "--tls", "maybe"], /Use one of disable, prefer, require, verify-ca, verify-full/u],
    [["snapshot", "--timeout", "soon"], /It must be a number of seconds/u],
    [["snapshot"], /there is no address: give one as argument, or in the environment variable DATABASE_URL/u],
    [["snapshot", "--url-env", "SHOP_URL"], /environment variable SHOP_URL/u],
    [["snapshot", "--env-file", "nowhere.env"], /nowhere\.env cannot be read/u],
    [["snapshot", "--check"], /there is no address/u],
  ])("ends with 2: %j", async (args, words) => {
    const { code, out, err } = await cli(folder, args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(words);
  });

  it.each([
    "mongodb://root:s3cr3t@host/db",
    "sqlserver://host;user=sa;password=s3cr3t",
    "root:s3cr3t@host/db",
    "postgres://root:s3cr3t@host:many/db",
    "postgres://root:s3c#r3t:s3cr3t@host:12x/db",
    "mysql://root:s3cr3t@[host/db",
    "postgres://root:s3cr3t@host/db?sslmode=sometimes",
  ])("repeats nothing of an address it cannot read: %s", async (address) => {
    for (const args of [["snapshot", address], ["snapshot", "--url-env", "U"]]) {
      const { code, out, err } = await cli(folder, args, { U: address });
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(err).not.toMatch(/s3c|r3t|root|host/u);
    }
  });

  it.each(["mysql://u:s3cr3t@127.0.0.1:1/x", "mysql://u:s3cr3t@[::1]:1/x"])("does not pretend to compare a certificate with %s", async (address) => {
    const { code, err } = await cli(folder, ["snapshot", address, "--tls", "verify-full"]);
    expect(code).toBe(2);
    expect(err).toMatch(/^query-guard: verify-full needs the name of the server's host/u);
  });

  it("takes the address from a file with environment variables", async () => {
    fs.writeFileSync(path.join(folder, ".env"), "SHOP_URL=sqlserver://nobody\n");
    expect((await cli(folder, ["snapshot", "--env-file", ".env", "--url-env", "SHOP_URL"])).err).toBe("query-guard: the address in SHOP_URL is of no database that can be read: it must begin with postgres:, mysql:, mariadb: or sqlite:, or be the path of a SQLite file.\n");
  });

  it("checks a file only where there is one that is a snapshot", async () => {
    const check = async (): Promise<string> => (await cli(folder, ["snapshot", "mysql://nobody@127.0.0.1:1/x", "--check"])).err;
    expect(await check()).toBe("query-guard: there is no query-guard.schema.json to check. Write it first, without --check.\n");
    fs.writeFileSync(path.join(folder, "query-guard.schema.json"), '{ "version": 1 }');
    expect(await check()).toBe("query-guard: query-guard.schema.json:1 is no snapshot: the file must have a text `taken`.\n");
  });
});

describe("an address", () => {
  it.each([
    ["postgres://u:p%40ss@db.example:6432/shop?sslmode=verify-full&sslrootcert=ca.pem", { kind: "postgresql", host: "db.example", port: 6432, user: "u", password: "p@ss", database: "shop", tls: "verify-full", ca: "ca.pem" }],
    ["postgresql:///shop?host=/run/postgresql", { kind: "postgresql", host: undefined, socket: "/run/postgresql", database: "shop", tls: undefined }],
    ["postgres://[::1]/shop", { host: "::1", port: undefined }],
    ["mysql://root@localhost/shop?ssl-mode=VERIFY_IDENTITY", { kind: "mysql", user: "root", password: undefined, tls: "verify-full" }],
    ["mysql://u:50%25@localhost/shop?sslaccept=strict", { password: "50%", tls: "verify-full" }],
    ["mariadb://localhost/shop?socket=/run/mysqld.sock", { kind: "mysql", socket: "/run/mysqld.sock", host: undefined }],
    ["postgres://h/shop?schema=sales&connection_limit=1", { schema: "sales" }],
    ["dev.db", { kind: "sqlite", file: path.resolve("/w", "dev.db") }],
    ["C:\\data\\dev.db", { kind: "sqlite" }],
    ["file:./prisma/dev.db?connection_limit=1", { kind: "sqlite", file: path.resolve("/w", "prisma/dev.db") }],
  ])("is taken apart: %s", (text, parts) => {
    expect(readAddress(text, "the address", "/w")).toMatchObject(parts);
  });

  it("has its failures of TLS told apart where the driver does not", () => {
    const failure = (message: string): string => describeFailure(Object.assign(new Error(message), { code: "HANDSHAKE_SSL_ERROR" }), "the address", []).message;
    expect(failure("self-signed certificate in certificate chain")).toMatch(/signed by nobody who is trusted here/u);
    expect(failure("Hostname/IP does not match certificate's altnames: Host: db.")).toMatch(/is for another host/u);
    expect(failure("certificate has expired")).toMatch(/has expired/u);
  });

  it("is blanked out of what a driver says", () => {
    const text = "postgres://root:p%40ss%2F@host/db";
    const secrets = secretsOf(text, readAddress(text, "the address", "/w"));
    for (const said of [`cannot parse ${text}`, "bad password p@ss/ for root@host", "p%40ss%2F is wrong", "see mysql://a:b@c/d?e=f now"]) expect(withoutSecrets(said, secrets)).not.toMatch(/p@ss|p%40ss|root@host|a:b/u);
  });
});
