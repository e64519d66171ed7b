import type { Installation } from './installation.ts';

/** What the kernel takes as the address of a socket, with the byte that ends it. */
const longestAddress = 104;

/**
 * The folder of the server's socket: that of the data, which nobody else may enter. Undefined where the system has no such
 * sockets, and where the path is too long for one; then there is only the port.
 */
export function socketFolder({ data }: Pick<Installation, 'data'>, port: number): string | undefined {
  if (process.platform === 'win32' || data.includes(',')) return undefined;
  return Buffer.byteLength(`${data}/${socketName(port)}.lock`) < longestAddress ? data : undefined;
}

/** As Postgres names it; beside it lies a file with `.lock`. */
function socketName(port: number): string {
  return `.s.PGSQL.${port}`;
}
