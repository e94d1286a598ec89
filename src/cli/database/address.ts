/** The address of a database (a URL or the path of a file) → what a driver needs to connect. */
import path from "node:path";
import { CommandError } from "../terminal.js";

export const TLS_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;

/** libpq's words, for all servers: `prefer` takes TLS where the server has it, only `verify-…` look at the certificate. */
export type TlsMode = (typeof TLS_MODES)[number];

export interface ServerAddress {
  readonly kind: "postgresql" | "mysql";
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** Path of a socket, in place of host and port. */
  readonly socket: string | undefined;
  readonly tls: TlsMode | undefined;
  /** File with the certificates of the authorities that are trusted. */
  readonly ca: string | undefined;
  /** Schema that the address names (Prisma's `?schema=`). */
  readonly schema: string | undefined;
}

export interface FileAddress {
  readonly kind: "sqlite";
  readonly file: string;
}

export type Address = ServerAddress | FileAddress;

/** What other programs call these. */
const TLS_SYNONYMS: ReadonlyMap<string, TlsMode> = new Map([
  ...TLS_MODES.map((mode) => [mode, mode] as const),
  ["allow", "prefer"],
  ["preferred", "prefer"],
  ["required", "require"],
  ["no-verify", "require"],
  ["true", "require"],
  ["1", "require"],
  ["disabled", "disable"],
  ["false", "disable"],
  ["0", "disable"],
  ["verify_ca", "verify-ca"],
  ["verify_identity", "verify-full"],
]);

/**
 * Reads an address. `origin` begins the messages of failures: "the address in DATABASE_URL". Relative paths count from
 * `cwd`. Messages never repeat the address: what is wrong with it may be the password.
 */
export function readAddress(text: string, origin: string, cwd: string): Address {
  const scheme = /^([a-z][a-z0-9+.-]+):/iu.exec(text)?.[1]?.toLowerCase();
  switch (scheme) {
    case undefined:
      return { kind: "sqlite", file: path.resolve(cwd, text) };
    case "sqlite":
    case "sqlite3":
    case "file":
      return readFileAddress(text, cwd);
    case "postgres":
    case "postgresql":
      return readServerAddress("postgresql", text, origin);
    case "mysql":
    case "mysql2":
    case "mariadb":
      return readServerAddress("mysql", text, origin);
    default:
      throw new CommandError(`${origin} is of no database that can be read: it must begin with postgres:, mysql:, mariadb: or sqlite:, or be the path of a SQLite file.`);
  }
}

function readFileAddress(text: string, cwd: string): FileAddress {
  const [rest = ""] = text.slice(text.indexOf(":") + 1).split("?");
  const name = decode(rest.replace(/^\/\/(?:localhost(?=\/))?/u, ""));
  return { kind: "sqlite", file: path.resolve(cwd, name) };
}

function readServerAddress(kind: ServerAddress["kind"], text: string, origin: string): ServerAddress {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new CommandError(`${origin} is not a valid URL. Characters like #, /, ? and @ in a user name or a password are written as %23, %2F, %3F and %40.`);
  }
  const parameter = (...names: readonly string[]): string | undefined => names.map((name) => url.searchParams.get(name)).find((value) => value !== null && value !== "") ?? undefined;
  const tls = parameter("sslmode", "ssl-mode", "ssl_mode", "ssl", "sslaccept")?.toLowerCase();
  const given = some(decode(url.hostname.replace(/^\[(.*)\]$/u, "$1"))) ?? parameter("host");
  const socket = parameter("socket", "socketPath") ?? (given?.startsWith("/") === true ? given : undefined);
  return {
    kind,
    host: socket === undefined ? given : undefined,
    port: url.port === "" ? undefined : Number(url.port),
    user: some(decode(url.username)) ?? parameter("user"),
    password: some(decode(url.password)) ?? parameter("password"),
    database: some(decode(url.pathname.replace(/^\//u, ""))) ?? parameter("dbname"),
    socket,
    // Prisma's `sslaccept=strict` asks for a certificate that is in order.
    tls: tls === "strict" ? "verify-full" : tls === "accept_invalid_certs" ? "require" : tls === undefined ? undefined : readTlsMode(tls),
    ca: parameter("sslrootcert", "ssl-ca", "sslca"),
    schema: parameter("schema"),
  };
}

/** The mode that a word means; a failure for a word that means none, since reading on without TLS would be the worse answer. */
export function readTlsMode(word: string): TlsMode {
  const mode = TLS_SYNONYMS.get(word.toLowerCase());
  if (mode === undefined) throw new CommandError(`the TLS mode is not known. Use one of ${TLS_MODES.join(", ")}.`);
  return mode;
}

function some(text: string): string | undefined {
  return text === "" ? undefined : text;
}

/** A `%` that is no escape stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The parts of an address that may stand in no message, longest first. */
export function secretsOf(text: string, address: Address): readonly string[] {
  if (address.kind === "sqlite") return [];
  const { password, user, host } = address;
  const written = /^[^:]+:\/\/[^/]*?:([^/]*)@/u.exec(text)?.[1];
  const parts = [text, password, written, user !== undefined && host !== undefined ? `${user}@${host}` : undefined];
  return parts.flatMap((part) => (part === undefined || part === "" ? [] : [part])).sort((left, right) => right.length - left.length);
}
