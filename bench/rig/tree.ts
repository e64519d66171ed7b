import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Role = 'program' | 'clickhouse' | 'postgres';

export interface Member {
  pid: number;
  role: Role;
}

/** False where there is no /proc to read memory and processor time from. */
export const canMeasure = existsSync('/proc/self/smaps_rollup');

/**
 * The processes of a program on this home: its main process, what descends from it, and Postgres, which the kernel may
 * have given another parent; that is found by the pid file in its data folder.
 */
export function treeOf(mainPid: number, home: string): Member[] {
  const postmaster = postmasterOf(home);
  const children = childrenByParent();
  const members = new Map<number, Role>();
  const walk = (pid: number, role: Role) => {
    if (members.has(pid)) return;
    members.set(pid, role);
    for (const child of children.get(pid) ?? []) walk(child, role === 'program' ? roleOf(child) : role);
  };
  if (postmaster !== undefined && isAlive(postmaster)) walk(postmaster, 'postgres');
  if (isAlive(mainPid)) walk(mainPid, 'program');
  return [...members].map(([pid, role]) => ({ pid, role }));
}

/** By its own pid file; it may have been killed since. */
export function postmasterOf(home: string): number | undefined {
  const text = read(join(home, 'postgres', 'data', 'postmaster.pid'));
  const pid = Number(text?.split('\n')[0]);
  return pid > 0 && commandOf(pid).includes('postgres') ? pid : undefined;
}

export function isAlive(pid: number): boolean {
  const state = read(`/proc/${pid}/stat`)?.split(') ').at(-1)?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X';
}

function roleOf(pid: number): Role {
  const command = commandOf(pid);
  if (command.includes('clickhouse/engine/main')) return 'clickhouse';
  return command.includes('postgres') ? 'postgres' : 'program';
}

function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`) ?? '';
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(fields(Number(name))[1]);
    const list = children.get(parent);
    if (list) list.push(Number(name));
    else children.set(parent, [Number(name)]);
  }
  return children;
}

/** What stands in /proc/PID/stat after the name: state, parent, ... */
function fields(pid: number): string[] {
  return (
    read(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ') ?? []
  );
}

/** Proportional set size in MB: memory that processes share is counted once. */
export function pssMb(members: readonly Member[]): number {
  let kb = 0;
  for (const { pid } of members)
    kb += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`) ?? '')?.[1] ?? 0);
  return kb / 1024;
}

export type CpuSeconds = Record<Role, number>;

const ticksASecond = 100;

/** Processor time so far, with that of children which have ended. */
export function cpuSeconds(members: readonly Member[]): CpuSeconds {
  const used: CpuSeconds = { program: 0, clickhouse: 0, postgres: 0 };
  for (const { pid, role } of members) {
    const [own, system, ended, endedSystem] = fields(pid).slice(11, 15).map(Number);
    used[role] += ((own ?? 0) + (system ?? 0) + (ended ?? 0) + (endedSystem ?? 0)) / ticksASecond;
  }
  return used;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // The process has ended meanwhile.
    return undefined;
  }
}
