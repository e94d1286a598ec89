/** The part of the WebAssembly API in use: neither the configured library nor @types/node declares it. */
interface WasmInstance {
  readonly exports: object;
}

interface WasmApi {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => WasmInstance;
}

function isApi(value: unknown): value is WasmApi & { readonly Module: { imports(module: object): readonly { readonly module: string; readonly name: string }[] } } {
  return typeof value === "object" && value !== null && "Module" in value && "Instance" in value;
}

function api(): WasmApi & { readonly Module: { imports(module: object): readonly { readonly module: string; readonly name: string }[] } } {
  const found: unknown = Reflect.get(globalThis, "WebAssembly");
  if (!isApi(found)) throw new Error("this host has no WebAssembly");
  return found;
}

export function compile(bytes: Uint8Array<ArrayBuffer>): object {
  return new (api().Module)(bytes);
}

export function instantiate(module: object, imports: object): WasmInstance {
  return new (api().Instance)(module, imports);
}

export function importsOf(module: object): readonly { readonly module: string; readonly name: string }[] {
  return api().Module.imports(module);
}
